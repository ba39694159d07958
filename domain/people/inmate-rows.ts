import {
  birthDateOf,
  type Gender,
  genderOf,
  type InmateInput,
  type InmateState,
  type InmateView,
  type TreatmentLevel,
} from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { unitNames } from '../organisation/index.ts';
import { involvedBits, involvedCodes } from './involved.ts';
import { pinyinInitials } from './pinyin.ts';
import type { PeopleTables } from './tables.ts';

export interface InmateRow extends Record<string, unknown> {
  id: string;
  number: string;
  name: string;
  pinyin: string;
  prison_id: string;
  ward_id: string;
  gender: Gender;
  nationality: string;
  level: TreatmentLevel;
  key_control: number;
  involved: number;
  officer_id: string | null;
  admitted_on: string | null;
  release_on: string | null;
  state: InmateState;
  id_number_masked: string;
  birth_date_masked: string;
  version: number;
  updated_at: string;
}

const SHOWN = [
  'id',
  'number',
  'name',
  'pinyin',
  'prison_id',
  'ward_id',
  'gender',
  'nationality',
  'level',
  'key_control',
  'involved',
  'officer_id',
  'admitted_on',
  'release_on',
  'state',
  'id_number_masked',
  'birth_date_masked',
  'version',
  'updated_at',
] as const;

/** What is shown of inmates, as stored. */
export const selectInmates = (db: Db) =>
  db
    .withTables<PeopleTables>()
    .selectFrom('inmates')
    .select(SHOWN.map((name) => `inmates.${name}` as const));

/** What an ID number says by itself is filled in where nothing was given: birth date and gender. */
export function completed<Input extends { idNumber?: string | null | undefined; birthDate?: string | null | undefined; gender: Gender }>(
  input: Input,
): Input {
  const { idNumber, birthDate, gender } = input;
  if (!idNumber) return input;
  return { ...input, birthDate: birthDate || birthDateOf(idNumber), gender: gender === 'unknown' ? genderOf(idNumber) : gender };
}

/** The columns of what a form or a file gives, but for personal fields. */
export function inmateColumns(inmate: Omit<InmateInput, 'idNumber' | 'birthDate'>) {
  return {
    number: inmate.number,
    name: inmate.name,
    pinyin: pinyinInitials(inmate.name),
    prison_id: inmate.prisonId,
    ward_id: inmate.wardId,
    gender: inmate.gender,
    nationality: inmate.nationality,
    level: inmate.level,
    key_control: inmate.keyControl ? (1 as const) : (0 as const),
    involved: involvedBits(inmate.involved),
    officer_id: inmate.officerId,
    admitted_on: inmate.admittedOn,
    release_on: inmate.releaseOn,
    state: inmate.state,
  };
}

/** Rows as they are shown, with the names of places and officers. */
export async function viewInmates(db: Db, rows: readonly InmateRow[]): Promise<InmateView[]> {
  const places = await unitNames(db);
  const officers = await officerNames(
    db,
    rows.flatMap((row) => row.officer_id ?? []),
  );
  return rows.map((row) => ({
    id: row.id,
    number: row.number,
    name: row.name,
    prisonId: row.prison_id,
    prisonName: places.get(row.prison_id) ?? '',
    wardId: row.ward_id,
    wardName: places.get(row.ward_id) ?? '',
    gender: row.gender,
    nationality: row.nationality,
    level: row.level,
    keyControl: row.key_control === 1,
    involved: involvedCodes(row.involved),
    officerId: row.officer_id,
    officerName: row.officer_id === null ? null : (officers.get(row.officer_id) ?? null),
    admittedOn: row.admitted_on,
    releaseOn: row.release_on,
    state: row.state,
    idNumber: row.id_number_masked,
    birthDate: row.birth_date_masked,
    version: row.version,
    updatedAt: row.updated_at,
  }));
}

async function officerNames(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const rows = await db.withTables<PeopleTables>().selectFrom('officers').select(['id', 'name']).where('id', 'in', wanted).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
