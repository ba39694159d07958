import { type AudioIntakeAbout, type AudioIntakeView, type IntakeFault, type IntakeState, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Clock, type Db, JobQueue, newestFirst, toInstant, writeAudit } from '@qinqiao/server-kit';
import type { PeopleTables } from '../people/index.ts';
import type { AudioIntakeTables } from './migrations.ts';

export type IntakeRow = AudioIntakeTables['audio_intakes'];
const tables = (db: Db) => db.withTables<AudioIntakeTables & PeopleTables>();

export const INTAKE_JOB = 'audio.intake';

export interface NewIntake {
  id: string;
  about: AudioIntakeAbout;
  file: { bytes: number; sm3: string };
  actor: Actor;
}

/**
 * Notes a file that has come in and asks for it to be worked on; `db` is the store as the officer sees it. Throws `bad_request` for an inmate
 * or family member he does not see or who have nothing to do with each other, for a time to come, and for a file of this inmate's that was taken in
 * before.
 */
export async function addIntake(db: Db, clock: Clock, { id, about, file, actor }: NewIntake): Promise<AudioIntakeView> {
  return db.transaction().execute(async (trx) => {
    const { kind, inmateId, startedAt, channels, name } = about;
    if (about.sm3 !== undefined && about.sm3 !== file.sm3) throw new QinqiaoError('file_invalid', { fields: { sm3: 'differs' } });
    const now = clock.now();
    if (Date.parse(startedAt) > now.getTime()) throw new QinqiaoError('bad_request', { fields: { startedAt: 'date_in_future' } });
    const inmate = await tables(trx).selectFrom('inmates').selectAll().where('id', '=', inmateId).forUpdate().executeTakeFirst();
    if (!inmate) throw new QinqiaoError('bad_request', { fields: { inmateId: 'not_found' } });
    if (!about.again) await assertNew(trx, inmateId, file.sm3);
    const created_at = toInstant(now);
    const row: IntakeRow = {
      id,
      kind,
      prison_id: inmate.prison_id,
      inmate_id: inmate.id,
      inmate_number: inmate.number,
      inmate_name: inmate.name,
      ...(await otherParty(trx, about)),
      started_at: startedAt,
      channels,
      file_name: name,
      bytes: file.bytes,
      sm3: file.sm3,
      duration_ms: null,
      state: 'queued',
      fault: null,
      detail: '',
      officer_id: actor.id,
      officer_name: actor.name,
      created_at,
      finished_at: null,
    };
    await tables(trx).insertInto('audio_intakes').values(row).execute();
    await new JobQueue(trx, { owner: 'asked', clock }).enqueue(trx, { kind: INTAKE_JOB, key: id, payload: {} });
    const detail = { kind, inmate: inmate.number, startedAt, channels, bytes: file.bytes, sm3: file.sm3 };
    await writeAudit(trx, { at: created_at, actor, action: 'audio.import', subject: { kind: 'conversation', id }, detail });
    return viewOf(row);
  });
}

async function assertNew(trx: Db, inmateId: string, sm3: string): Promise<void> {
  const query = tables(trx).selectFrom('audio_intakes').select('id').where('inmate_id', '=', inmateId).where('sm3', '=', sm3);
  const before = await query.where('state', '!=', 'failed').limit(1).executeTakeFirst();
  if (before) throw new QinqiaoError('bad_request', { fields: { name: 'taken_in_before' } });
}

async function otherParty(trx: Db, { inmateId, familyId, otherParty: name, relation }: AudioIntakeAbout) {
  if (familyId === undefined) return { family_id: '', other_party: name, relation };
  const family = await tables(trx)
    .selectFrom('families')
    .innerJoin('kinships', 'kinships.family_id', 'families.id')
    .select(['families.id', 'families.name', 'kinships.relation'])
    .where('families.id', '=', familyId)
    .where('kinships.inmate_id', '=', inmateId)
    .executeTakeFirst();
  if (!family) throw new QinqiaoError('bad_request', { fields: { familyId: 'not_linked' } });
  return { family_id: family.id, other_party: family.name, relation: family.relation };
}

const viewOf = (row: IntakeRow): AudioIntakeView => ({
  id: row.id,
  kind: row.kind,
  inmateName: row.inmate_name,
  inmateNumber: row.inmate_number,
  otherParty: row.other_party,
  relation: row.relation,
  startedAt: row.started_at,
  channels: row.channels,
  fileName: row.file_name,
  bytes: Number(row.bytes),
  durationMs: row.duration_ms,
  state: row.state,
  fault: row.fault,
  officerName: row.officer_name,
  createdAt: row.created_at,
});

export const findIntake = (db: Db, id: string): Promise<IntakeRow | undefined> =>
  tables(db).selectFrom('audio_intakes').selectAll().where('id', '=', id).executeTakeFirst();

/** Throws `not_found`. */
export async function getIntake(db: Db, id: string): Promise<AudioIntakeView> {
  const row = await findIntake(db, id);
  if (!row) throw new QinqiaoError('not_found');
  return viewOf(row);
}

/** The newest first. */
export async function listIntakes(
  db: Db,
  { state, cursor, limit }: { state?: IntakeState | undefined; cursor?: string | undefined; limit: number },
): Promise<{ items: AudioIntakeView[]; next: string | null }> {
  let query = tables(db).selectFrom('audio_intakes').selectAll();
  if (state) query = query.where('state', '=', state);
  const { items, next } = await newestFirst(query, { cursor, limit });
  return { items: items.map(viewOf), next };
}

/** Why a file is not taken in, for people to see. */
export async function failIntake(db: Db, id: string, fault: IntakeFault, detail: string, at: string): Promise<void> {
  const change = { state: 'failed', fault, detail: detail.slice(-500), finished_at: at } as const;
  await tables(db).updateTable('audio_intakes').set(change).where('id', '=', id).where('state', '!=', 'done').execute();
}

export async function beginIntake(db: Db, id: string): Promise<void> {
  await tables(db).updateTable('audio_intakes').set({ state: 'running' }).where('id', '=', id).where('state', '=', 'queued').execute();
}
