import { type FieldReason, fieldReason, InmateInput, type InmateQuery } from '@qinqiao/contracts';
import type { z } from 'zod';
import type { ImportContext, TransferColumn } from '../../transfers/kind.ts';
import { completed, inmateColumns } from '../inmate-rows.ts';
import { involvedCodes } from '../involved.ts';
import { sealPersonal } from '../personal.ts';
import { codeOf, dayOf, GENDERS, INMATE_STATES, INVOLVEMENTS, LEVELS, listOf, noteOf, yesOrNo } from './cells.ts';
import { existingBy } from './existing.ts';
import type { Existing, ImportRules, Prepared } from './importer.ts';
import { type Lookups, maySee } from './places.ts';

export type InmateFilter = z.output<typeof InmateQuery>;
const DAY = { zh: '如 2026-01-31', en: 'as 2026-01-31' };

export const NUMBER_COLUMN: TransferColumn = { key: 'number', title: { zh: '罪犯编号', en: 'Number' }, width: 14, required: true };
export const LEVEL_COLUMN: TransferColumn = { key: 'level', title: { zh: '处遇等级', en: 'Level' }, width: 12, note: noteOf(LEVELS) };
export const INMATE_TRANSFER_COLUMNS: readonly TransferColumn[] = [
  NUMBER_COLUMN,
  { key: 'name', title: { zh: '姓名', en: 'Name' }, width: 12, required: true },
  { key: 'prisonId', title: { zh: '监狱', en: 'Prison' }, width: 18, required: true },
  { key: 'wardId', title: { zh: '监区', en: 'Ward' }, width: 12, required: true },
  { key: 'gender', title: { zh: '性别', en: 'Gender' }, width: 8, note: noteOf(GENDERS) },
  { key: 'idNumber', title: { zh: '身份证号', en: 'ID number' }, width: 22 },
  { key: 'birthDate', title: { zh: '出生日期', en: 'Birth date' }, width: 14, note: DAY },
  { key: 'nationality', title: { zh: '国籍', en: 'Nationality' }, width: 10 },
  LEVEL_COLUMN,
  { key: 'keyControl', title: { zh: '重点管控', en: 'Key control' }, width: 10, note: { zh: '是、否', en: 'yes, no' } },
  { key: 'involved', title: { zh: '六涉', en: 'Involved' }, width: 18, note: noteOf(INVOLVEMENTS) },
  { key: 'officerId', title: { zh: '主管民警账号', en: 'Officer' }, width: 14 },
  { key: 'admittedOn', title: { zh: '入监日期', en: 'Admitted' }, width: 14, note: DAY },
  { key: 'releaseOn', title: { zh: '刑满日期', en: 'Release' }, width: 14, note: DAY },
  { key: 'state', title: { zh: '状态', en: 'State' }, width: 12, note: noteOf(INMATE_STATES) },
];

const CONVERT: Record<string, (text: string) => unknown> = {
  gender: (text) => codeOf(GENDERS, text),
  level: (text) => codeOf(LEVELS, text),
  state: (text) => codeOf(INMATE_STATES, text),
  keyControl: yesOrNo,
  involved: (text) => listOf(text).map((word) => codeOf(INVOLVEMENTS, word)),
  birthDate: dayOf,
  admittedOn: dayOf,
  releaseOn: dayOf,
};

/** What differs when inmates are imported. */
export const INMATE_RULES: ImportRules<InmateInput> = {
  table: 'inmates',
  keyColumn: 'number',
  schema: InmateInput,
  keyOf: (cells) => cells['number'] ?? '',
  toInput,
  fromExisting,
  findExisting: async (context, numbers) => {
    const rows = await existingBy(context, 'inmates', 'number', numbers);
    return new Map(rows.map((existing) => [String(existing.row['number']), existing]));
  },
  check: async (context, valid) => {
    for (const { prepared, input } of valid)
      if (!maySee(context.seen, input)) prepared.problems['prisonId'] ??= fieldReason('out_of_scope');
  },
  toRow,
};

/** Levels alone, of inmates who are there. */
export const LEVEL_RULES: ImportRules<InmateInput> = { ...INMATE_RULES, onlyExisting: true };

function toInput(cells: Record<string, string>, lookups: Lookups, problems: Record<string, FieldReason>, existing: Existing | undefined) {
  const input: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(cells)) input[key] = (CONVERT[key] ?? ((same: string) => same))(text);
  const look = (key: string, find: (text: string) => string | undefined) => {
    const text = cells[key];
    if (text === undefined) return;
    input[key] = find(text);
    if (input[key] === undefined) problems[key] = fieldReason('not_found');
  };
  look('prisonId', (text) => lookups.prison(text));
  const prisonId = typeof input['prisonId'] === 'string' ? input['prisonId'] : String(existing?.row['prison_id'] ?? '');
  look('wardId', (text) => lookups.ward(prisonId, text));
  look('officerId', (text) => lookups.officer(text));
  return input;
}

function fromExisting({ row }: Existing): Record<string, unknown> {
  return {
    number: row['number'],
    name: row['name'],
    prisonId: row['prison_id'],
    wardId: row['ward_id'],
    gender: row['gender'],
    nationality: row['nationality'],
    level: row['level'],
    keyControl: row['key_control'] === 1,
    involved: involvedCodes(Number(row['involved'])),
    officerId: row['officer_id'],
    admittedOn: row['admitted_on'],
    releaseOn: row['release_on'],
    state: row['state'],
  };
}

async function toRow({ crypto }: ImportContext, id: string, whole: InmateInput, { existing }: Prepared) {
  const input = completed(whole);
  // An empty cell leaves what is stored as it is.
  const given = (value: string | null) => (existing && value === null ? undefined : value);
  const personal = await sealPersonal(crypto, 'inmates', id, { idNumber: given(input.idNumber), birthDate: given(input.birthDate) });
  return { ...inmateColumns(input), ...personal };
}
