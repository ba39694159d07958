import { type Db, type SealedFolder, SYSTEM_ACTOR, toInstant, writeAudit } from '@qinqiao/server-kit';
import { fileOf } from './checks.ts';
import { tables } from './rows.ts';

const AT_ONCE = 200;

/** Deletes checks opened before `before` with their pictures; what was deleted is counted in the audit trail. Answers how many. */
export async function forgetFaceChecks(db: Db, files: SealedFolder, { before, now }: { before: Date; now: Date }): Promise<number> {
  let forgotten = 0;
  for (;;) {
    const old = tables(db).selectFrom('face_checks').select('id').where('opened_at', '<', toInstant(before)).orderBy('id').limit(AT_ONCE);
    const ids = (await old.execute()).map(({ id }) => id);
    if (ids.length === 0) return forgotten;
    const pictures = await tables(db).selectFrom('face_check_pictures').select(['check_id', 'step']).where('check_id', 'in', ids).execute();
    // The pictures first: a row whose pictures are gone is found again, a picture without a row is not.
    for (const { check_id, step } of pictures) await files.remove(fileOf(check_id, step));
    await db.transaction().execute(async (trx) => {
      await tables(trx).deleteFrom('face_check_pictures').where('check_id', 'in', ids).execute();
      await tables(trx).deleteFrom('face_checks').where('id', 'in', ids).execute();
      const detail = { checks: ids.length, from: ids[0], to: ids.at(-1) };
      await writeAudit(trx, {
        at: toInstant(now),
        actor: SYSTEM_ACTOR,
        action: 'face.forget',
        subject: { kind: 'face_check', id: ids[0] ?? '' },
        detail,
      });
    });
    forgotten += ids.length;
  }
}
