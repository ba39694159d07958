import { type CryptoProvider, type Db } from '@qinqiao/server-kit';
import { loadAccess, type OfficerAccess, roleHolders } from '../access/index.ts';
import type { ConversationRow } from '../conversations/index.ts';
import type { OfficerTables } from '../officers/index.ts';
import type { PeopleTables } from '../people/index.ts';

const tables = (db: Db) => db.withTables<PeopleTables & OfficerTables>();

export interface Turn {
  role: string | null;
  ofWard: boolean;
  /** Whose turn was last. */
  last: string | null;
  /** Who may not get it. */
  not?: string | null;
}

/**
 * Whose turn it is: the holder of the role after the last one, in the order of ids, who may listen and sees the conversation. `ofWard`: of the
 * inmate's ward, when any of them is. Null: nobody. `db` must be the whole store.
 */
export async function nextOfficer(
  db: Db,
  crypto: CryptoProvider,
  conversation: ConversationRow,
  { role, ofWard, last, not = null }: Turn,
): Promise<{ id: string; name: string } | null> {
  if (role === null) return null;
  const holders = (await roleHolders(db, conversation.prison_id, role)).filter((id) => id !== not);
  const near = ofWard && holders.length > 0 ? await ofUnit(db, holders, conversation.ward_id) : [];
  const asked = (near.length > 0 ? near : holders).toSorted();
  for (const id of [...asked.filter((one) => one > (last ?? '')), ...asked.filter((one) => one <= (last ?? ''))]) {
    const access = await loadAccess(db, crypto, id);
    if (await canListen(db, access, conversation)) return { id, name: access.name };
  }
  return null;
}

async function ofUnit(db: Db, ids: readonly string[], unitId: string): Promise<string[]> {
  const rows = await tables(db).selectFrom('officers').select('id').where('id', 'in', ids).where('unit_id', '=', unitId).execute();
  return rows.map(({ id }) => id);
}

/** Whether an officer may listen to recordings and sees this one. */
export async function canListen(db: Db, { permissions, seen }: OfficerAccess, conversation: ConversationRow): Promise<boolean> {
  if (!permissions.has('recording.replay')) return false;
  if (seen.all || seen.prisons.includes(conversation.prison_id)) return true;
  const inmates = tables(db.withoutPlugins()).selectFrom('inmates').select(['ward_id', 'officer_id', 'prison_id']);
  const inmate = await inmates.where('id', '=', conversation.inmate_id).executeTakeFirst();
  if (!inmate) return false;
  return seen.wards.includes(inmate.ward_id) || (seen.own !== null && inmate.officer_id === seen.own);
}
