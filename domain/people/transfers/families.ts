import { type FieldReason, fieldReason, FamilyInput, RequiredText } from '@qinqiao/contracts';
import type { z } from 'zod';
import type { ImportContext, Importer, TransferColumn } from '../../transfers/kind.ts';
import { personHashes, sealPersonal } from '../personal.ts';
import { pinyinInitials } from '../pinyin.ts';
import { codeOf, GENDERS, noteOf, PERSON_STATES } from './cells.ts';
import { existingBy, existingByIdNumber } from './existing.ts';
import { type Existing, type ImportRules, openPeopleImporter, type Prepared } from './importer.ts';
import { type Lookups, maySee } from './places.ts';
import { stageKinships, tables } from './stage.ts';

export const FAMILY_TRANSFER_COLUMNS: readonly TransferColumn[] = [
  { key: 'idNumber', title: { zh: '身份证号', en: 'ID number' }, width: 22, required: true },
  { key: 'name', title: { zh: '姓名', en: 'Name' }, width: 12, required: true },
  { key: 'phone', title: { zh: '电话', en: 'Phone' }, width: 16, required: true },
  { key: 'gender', title: { zh: '性别', en: 'Gender' }, width: 8, note: noteOf(GENDERS) },
  { key: 'address', title: { zh: '地址', en: 'Address' }, width: 30 },
  { key: 'prisonId', title: { zh: '登记监狱', en: 'Prison' }, width: 18, required: true },
  {
    key: 'inmateNumber',
    title: { zh: '罪犯编号', en: 'Inmate number' },
    width: 14,
    note: { zh: '一人多名亲属时，每名亲属一行', en: 'one row for each inmate' },
  },
  { key: 'relation', title: { zh: '关系', en: 'Relation' }, width: 10, note: { zh: '如 母亲', en: 'as mother' } },
  { key: 'state', title: { zh: '状态', en: 'State' }, width: 10, note: noteOf(PERSON_STATES) },
];

type Input = z.output<typeof FamilyInput>;
const RELATION = RequiredText(32);
const CONVERT: Record<string, (text: string) => unknown> = {
  gender: (text) => codeOf(GENDERS, text),
  state: (text) => codeOf(PERSON_STATES, text),
};
const upper = (text: string | undefined) => (text ?? '').trim().toUpperCase();

/** Families by ID number, one row for each inmate they are related to. */
export const openFamilyImporter = (context: ImportContext): Promise<Importer> => openPeopleImporter(context, rules());

function rules(): ImportRules<Input> {
  // Telephone number → the person of the file who has it.
  const phones = new Map<string, { key: string; row: number }>();
  return {
    table: 'families',
    keyColumn: 'idNumber',
    schema: FamilyInput,
    keyOf: (cells) => upper(cells['idNumber']),
    several: {
      by: (cells) => cells['inmateNumber'] ?? '',
      same: ({ name, phone, gender, address, prisonId }) => JSON.stringify([name, phone, gender, address, prisonId]),
      column: 'inmateNumber',
    },
    toInput,
    fromExisting: ({ row }) => ({
      name: row['name'],
      gender: row['gender'],
      state: row['state'],
      prisonId: row['prison_id'],
      phone: NO_PHONE,
    }),
    findExisting: async (context, idNumbers) => {
      const found = await existingByIdNumber(context, 'families', idNumbers);
      return new Map([...found].flatMap(([idNumber, [existing]]) => (existing ? [[idNumber, existing] as const] : [])));
    },
    check: async (context, valid) => {
      for (const { prepared, input } of valid)
        if (!maySee(context.seen, input)) prepared.problems['prisonId'] ??= fieldReason('out_of_scope');
      await checkPhones(context, valid, phones);
      await findInmates(context, valid);
    },
    toRow,
    stageMore: async ({ db, transferId }, rows) => {
      const relationOf = await currentRelations(
        db,
        rows.flatMap(({ prepared }) => prepared.existing?.id ?? []),
      );
      const kinships = rows.flatMap(({ id, prepared: { input, row } }) => {
        const inmate = input['inmateId'];
        if (typeof inmate !== 'string') return [];
        const kinship = { family_id: id, inmate_id: inmate, relation: String(input['relation']) };
        return { transfer_id: transferId, ...kinship, base_relation: relationOf(id, inmate), row_number: row.number };
      });
      await stageKinships(db, kinships);
    },
  };
}

/** What those who are there are to their inmates, null for nothing. */
async function currentRelations(db: ImportContext['db'], families: string[]): Promise<(family: string, inmate: string) => string | null> {
  const query = tables(db).selectFrom('kinships').select(['family_id', 'inmate_id', 'relation']);
  const rows = families.length > 0 ? await query.where('family_id', 'in', [...new Set(families)]).execute() : [];
  const known = new Map(rows.map(({ family_id, inmate_id, relation }) => [`${family_id} ${inmate_id}`, relation]));
  return (family, inmate) => known.get(`${family} ${inmate}`) ?? null;
}

/** Stands for "as it is": the schema wants a number, and somebody who is there has one. */
const NO_PHONE = '13000000000';

function toInput(cells: Record<string, string>, lookups: Lookups, problems: Record<string, FieldReason>): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(cells)) input[key] = (CONVERT[key] ?? ((same: string) => same))(text);
  const prison = cells['prisonId'];
  if (prison !== undefined) {
    input['prisonId'] = lookups.prison(prison);
    if (input['prisonId'] === undefined) problems['prisonId'] = fieldReason('not_found');
  }
  if (cells['inmateNumber'] === undefined) return input;
  const relation = RELATION.safeParse(cells['relation']);
  if (!relation.success) problems['relation'] = fieldReason(cells['relation'] === undefined ? 'required' : 'invalid');
  return input;
}

async function checkPhones(
  context: ImportContext,
  valid: readonly { prepared: Prepared; input: Input }[],
  phones: Map<string, { key: string; row: number }>,
): Promise<void> {
  const given = valid.filter(({ prepared }) => prepared.row.cells['phone'] !== undefined);
  const hashes = new Map<string, string[]>();
  for (const { input } of given) hashes.set(input.phone, await personHashes(context.crypto, 'families', 'phone', input.phone));
  const owners = await existingBy(context, 'families', 'phone_hash', [...hashes.values()].flat());
  const ownerOf = new Map(owners.map((owner) => [String(owner.row['phone_hash']), owner.id]));
  for (const { prepared, input } of given) {
    const other = phones.get(input.phone);
    if (other && other.key !== prepared.key) prepared.problems['phone'] ??= fieldReason('duplicate_in_file', { row: other.row });
    else phones.set(input.phone, { key: prepared.key, row: prepared.row.number });
    const owner = (hashes.get(input.phone) ?? []).map((hash) => ownerOf.get(hash)).find((id) => id !== undefined);
    if (owner !== undefined && owner !== prepared.existing?.id) prepared.problems['phone'] ??= fieldReason('taken');
  }
}

/** Inmates are named by number; only those whom the officer sees can be meant. */
async function findInmates(context: ImportContext, valid: readonly { prepared: Prepared }[]): Promise<void> {
  const numberOf = ({ prepared }: { prepared: Prepared }) => prepared.row.cells['inmateNumber'];
  const inmates = await existingBy(context, 'inmates', 'number', [...new Set(valid.flatMap((row) => numberOf(row) ?? []))]);
  const byNumber = new Map<string, Existing>(inmates.map((inmate) => [String(inmate.row['number']), inmate]));
  for (const row of valid) {
    const number = numberOf(row);
    if (number === undefined) continue;
    const inmate = byNumber.get(number);
    if (inmate?.seen) row.prepared.input['inmateId'] = inmate.id;
    else row.prepared.problems['inmateNumber'] ??= fieldReason(inmate ? 'out_of_scope' : 'not_found');
  }
}

async function toRow({ crypto }: ImportContext, id: string, input: Input, { existing, row: { cells } }: Prepared) {
  // An empty cell leaves what is stored as it is.
  const given = (key: 'phone' | 'address' | 'idNumber') => (existing && cells[key] === undefined ? undefined : input[key]);
  const personal = await sealPersonal(crypto, 'families', id, {
    phone: given('phone'),
    address: given('address'),
    idNumber: existing ? undefined : input.idNumber,
  });
  const { name, gender, state, prisonId } = input;
  return { name, pinyin: pinyinInitials(name), gender, state, prison_id: prisonId, ...personal };
}
