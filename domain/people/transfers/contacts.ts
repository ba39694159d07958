import { ContactInput, type FieldReason, fieldReason } from '@qinqiao/contracts';
import type { ImportContext, TransferColumn } from '../../transfers/kind.ts';
import { contactColumns } from '../contacts.ts';
import { sealPersonal } from '../personal.ts';
import { codeOf, CONTACT_KINDS, dayOf, noteOf, PERSON_STATES } from './cells.ts';
import { existingByIdNumber } from './existing.ts';
import type { Existing, ImportRules, Prepared } from './importer.ts';
import { type Lookups, maySee } from './places.ts';

const DAY = { zh: '如 2026-01-31', en: 'as 2026-01-31' };

export const CONTACT_TRANSFER_COLUMNS: readonly TransferColumn[] = [
  { key: 'idNumber', title: { zh: '身份证号', en: 'ID number' }, width: 22, required: true },
  { key: 'prisonId', title: { zh: '监狱', en: 'Prison' }, width: 18, required: true },
  { key: 'kind', title: { zh: '类别', en: 'Kind' }, width: 12, required: true, note: noteOf(CONTACT_KINDS) },
  { key: 'name', title: { zh: '姓名', en: 'Name' }, width: 12, required: true },
  { key: 'organisation', title: { zh: '单位', en: 'Organisation' }, width: 24, required: true },
  { key: 'phone', title: { zh: '电话', en: 'Phone' }, width: 16 },
  { key: 'purpose', title: { zh: '事由', en: 'Purpose' }, width: 24 },
  { key: 'validFrom', title: { zh: '有效期起', en: 'Valid from' }, width: 14, note: DAY },
  { key: 'validUntil', title: { zh: '有效期止', en: 'Valid until' }, width: 14, note: DAY },
  { key: 'state', title: { zh: '状态', en: 'State' }, width: 10, note: noteOf(PERSON_STATES) },
];

const CONVERT: Record<string, (text: string) => unknown> = {
  kind: (text) => codeOf(CONTACT_KINDS, text),
  state: (text) => codeOf(PERSON_STATES, text),
  validFrom: dayOf,
  validUntil: dayOf,
};
const upper = (text: string | undefined) => (text ?? '').trim().toUpperCase();

/** Agency staff and social helpers: one of each ID number in each prison. */
export const contactRules = (lookups: Lookups): ImportRules<ContactInput> => {
  const keyOf = (cells: Record<string, string>) => {
    const [idNumber, prison] = [upper(cells['idNumber']), cells['prisonId'] ?? ''];
    return idNumber === '' ? '' : `${idNumber} ${lookups.prison(prison) ?? prison}`;
  };
  return {
    table: 'contacts',
    keyColumn: 'idNumber',
    schema: ContactInput,
    keyOf,
    toInput,
    fromExisting,
    findExisting: async (context, keys) => {
      const found = await existingByIdNumber(context, 'contacts', [...new Set(keys.map((key) => key.split(' ', 1)[0] ?? ''))]);
      const all = [...found].flatMap(([idNumber, there]) =>
        there.map((existing) => [`${idNumber} ${String(existing.row['prison_id'])}`, existing] as const),
      );
      return new Map(all);
    },
    check: async ({ seen }, valid) => {
      for (const { prepared, input } of valid) if (!maySee(seen, input)) prepared.problems['prisonId'] ??= fieldReason('out_of_scope');
    },
    toRow,
  };
};

function toInput(cells: Record<string, string>, lookups: Lookups, problems: Record<string, FieldReason>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(cells)) input[key] = (CONVERT[key] ?? ((same: string) => same))(text);
  const prison = cells['prisonId'];
  if (prison === undefined) return input;
  input['prisonId'] = lookups.prison(prison);
  if (input['prisonId'] === undefined) problems['prisonId'] = fieldReason('not_found');
  return input;
}

function fromExisting({ row }: Existing): Record<string, unknown> {
  return {
    kind: row['kind'],
    organisation: row['organisation'],
    name: row['name'],
    purpose: row['purpose'],
    validFrom: row['valid_from'],
    validUntil: row['valid_until'],
    state: row['state'],
    prisonId: row['prison_id'],
  };
}

async function toRow({ crypto }: ImportContext, id: string, input: ContactInput, { existing }: Prepared) {
  const phone = existing && input.phone === null ? undefined : input.phone;
  const personal = await sealPersonal(crypto, 'contacts', id, { idNumber: existing ? undefined : input.idNumber, phone });
  return { ...contactColumns(input), prison_id: input.prisonId, ...personal };
}
