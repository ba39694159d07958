import { type Instant, type NewDelegation, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, newId, writeAudit } from '@qinqiao/server-kit';
import type { OfficerTables } from '../officers/index.ts';
import type { Person } from './delegations.ts';
import type { ApprovalTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<ApprovalTables & OfficerTables>();

const ANOTHER = { zh: '不能委托给自己', en: 'Choose another officer' };

/**
 * From `from` to `until` (exclusive) new tasks of the officer go to his delegate; tasks he has stay his. Throws `bad_request` when the
 * delegate is himself or is not an officer, `delegation_overlap` when he has delegated for some of that time already.
 */
export async function delegate(db: Db, officer: Actor, delegation: NewDelegation, at: Instant): Promise<string> {
  const { delegateId, from, until } = delegation;
  if (officer.role !== 'officer') throw new QinqiaoError('forbidden');
  if (delegateId === officer.id) throw new QinqiaoError('bad_request', { fields: { delegateId: ANOTHER } });
  const id = newId();
  await db.transaction().execute(async (trx) => {
    // Of two delegations of the same officer the second waits.
    await tables(trx).selectFrom('officers').select('id').where('id', '=', officer.id).forUpdate().execute();
    const other = await tables(trx)
      .selectFrom('officers')
      .select('id')
      .where('id', '=', delegateId)
      .where('enabled', '=', 1)
      .executeTakeFirst();
    if (!other) throw new QinqiaoError('bad_request', { fields: { delegateId: 'not_found' } });
    const clash = tables(trx)
      .selectFrom('approval_delegations')
      .select('id')
      .where('officer_id', '=', officer.id)
      .where('ended_at', 'is', null);
    if (await clash.where('from_at', '<', until).where('until_at', '>', from).executeTakeFirst())
      throw new QinqiaoError('delegation_overlap', { fields: { from: 'invalid' } });
    const row = { id, officer_id: officer.id, delegate_id: delegateId, from_at: from, until_at: until, ended_at: null };
    await tables(trx).insertInto('approval_delegations').values(row).execute();
    const subject = { kind: 'approval_delegation', id };
    await writeAudit(trx, { at, actor: officer, action: 'approval.delegate', subject, detail: { ...delegation } });
  });
  return id;
}

/** Ends one of the officer's delegations early. Throws `not_found`. */
export async function endDelegation(db: Db, officer: Actor, id: string, at: Instant): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const update = tables(trx).updateTable('approval_delegations').set({ ended_at: at }).where('id', '=', id);
    const { numUpdatedRows } = await update.where('officer_id', '=', officer.id).where('ended_at', 'is', null).executeTakeFirst();
    if (numUpdatedRows === 0n) throw new QinqiaoError('not_found');
    await writeAudit(trx, { at, actor: officer, action: 'approval.endDelegation', subject: { kind: 'approval_delegation', id } });
  });
}

/** Who acts at `at` for these officers, and for those who act for them: officer id → delegate. */
export async function actingNow(db: Db, officerIds: readonly string[], at: Instant): Promise<Map<string, Person>> {
  const acting = new Map<string, Person>();
  let asked = [...officerIds];
  while (asked.length > 0) {
    const rows = await tables(db)
      .selectFrom('approval_delegations')
      .innerJoin('officers', 'officers.id', 'approval_delegations.delegate_id')
      .select(['officer_id as from', 'officers.id', 'officers.name'])
      .where('officer_id', 'in', asked)
      .where('from_at', '<=', at)
      .where('until_at', '>', at)
      .where('ended_at', 'is', null)
      // Whose account was disabled can't act: the one who delegated is asked himself.
      .where('officers.enabled', '=', 1)
      .execute();
    for (const { from, id, name } of rows) acting.set(from, { id, name });
    asked = [...new Set(rows.map(({ id }) => id))].filter((id) => !acting.has(id));
  }
  return acting;
}
