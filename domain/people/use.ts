import type { Db } from '@qinqiao/server-kit';
import type { PeopleTables } from './tables.ts';

/** The columns of other subjects' tables that name a person. */
type NamingTables = PeopleTables & {
  calls: { id: string; inmate_id: string; family_id: string };
  approval_cases: { id: string; subject_id: string };
} & Record<(typeof FAMILY_RECORDS)[number], { family_id: string }>;
/** Tables of other subjects whose rows are a family member's. */
const FAMILY_RECORDS = [
  'registrations',
  'attachments',
  'kinship_links',
  'companions',
  'allowlist',
  'family_numbers',
  'help_questions',
] as const;

const naming = (db: Db) => db.withTables<NamingTables>();

/** Whether a call, a kinship, a block or an approval case names the inmate. To be asked of the whole store, as the next two. */
export async function inmateIsUsed(db: Db, id: string): Promise<boolean> {
  const kin = naming(db).selectFrom('kinships').select('family_id').where('inmate_id', '=', id).limit(1);
  const call = naming(db).selectFrom('calls').select('id').where('inmate_id', '=', id).limit(1);
  return Boolean((await kin.executeTakeFirst()) ?? (await call.executeTakeFirst())) || caseOrBlockNames(db, 'inmate', id);
}

/** Whether a call, a kinship, a block, an approval case or anything applied for names the family member, or he registered by himself. */
export async function familyIsUsed(db: Db, id: string): Promise<boolean> {
  const kin = naming(db).selectFrom('kinships').select('inmate_id').where('family_id', '=', id).limit(1);
  const call = naming(db).selectFrom('calls').select('id').where('family_id', '=', id).limit(1);
  if ((await kin.executeTakeFirst()) ?? (await call.executeTakeFirst())) return true;
  for (const table of FAMILY_RECORDS) {
    if (await naming(db).selectFrom(table).select('family_id').where('family_id', '=', id).limit(1).executeTakeFirst()) return true;
  }
  return caseOrBlockNames(db, 'family', id);
}

/** Whether a block or an approval case names the person. */
export async function caseOrBlockNames(db: Db, kind: 'inmate' | 'family' | 'contact', id: string): Promise<boolean> {
  const block = naming(db).selectFrom('blocks').select('id').where('person_kind', '=', kind).where('person_id', '=', id).limit(1);
  const approval = naming(db).selectFrom('approval_cases').select('id').where('subject_id', '=', id).limit(1);
  return Boolean((await block.executeTakeFirst()) ?? (await approval.executeTakeFirst()));
}
