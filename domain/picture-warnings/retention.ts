import { type Db, type SealedFolder, SYSTEM_ACTOR, toInstant, writeAudit } from '@qinqiao/server-kit';
import type { RecordingTables } from '../recordings/index.ts';
import type { PictureWarningTables } from './migrations.ts';

const AT_ONCE = 200;
const tables = (db: Db) => db.withTables<PictureWarningTables & RecordingTables>();

/**
 * Deletes the stills of warnings raised before `before`; the warnings and their verdicts stay, and so does every still of a call whose recording
 * is under a legal hold. What was deleted is counted in the audit trail. Answers how many.
 */
export async function forgetStills(db: Db, stills: SealedFolder, { before, now }: { before: Date; now: Date }): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const old = tables(db)
      .selectFrom('picture_warnings as warning')
      .select('warning.id')
      .where('warning.raised_at', '<', toInstant(before))
      .where('warning.still', '=', 1)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('recordings')
              .select('recordings.call_id')
              .whereRef('recordings.call_id', '=', 'warning.call_id')
              .where('held', '=', 1),
          ),
        ),
      )
      .orderBy('warning.raised_at')
      .limit(AT_ONCE);
    const ids = (await old.execute()).map(({ id }) => id);
    if (ids.length === 0) return forgotten;
    // The files first: a warning whose still is gone is found again, a still without a warning is not.
    for (const id of ids) await stills.remove(id);
    await db.transaction().execute(async (trx) => {
      await tables(trx).updateTable('picture_warnings').set({ still: 0 }).where('id', 'in', ids).execute();
      const subject = { kind: 'picture_warning', id: ids[0] ?? '' };
      const detail = { stills: ids.length, from: ids[0], to: ids.at(-1) };
      await writeAudit(trx, { at: toInstant(now), actor: SYSTEM_ACTOR, action: 'picture.forget', subject, detail });
    });
    forgotten += ids.length;
  }
}
