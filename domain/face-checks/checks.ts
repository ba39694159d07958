import { type FaceCheckPurpose, type FaceCheckReason, type FaceCheckView, type Localised, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Clock, type CryptoProvider, type Db, newId, SealedFolder, toInstant, writeAudit } from '@qinqiao/server-kit';
import { limited, setTodo } from '../identity/index.ts';
import { readParameters } from '../settings/index.ts';
import type { FaceCheckTables } from './migrations.ts';
import { compareWith, facesOf } from '../faces/index.ts';
import type { LiveFaces } from './port.ts';
import { chooseSteps, judgePicture, type Judged, type Outcome, outcomeOf } from './rules.ts';
import { isOver, tables, viewOf } from './rows.ts';

type Row = FaceCheckTables['face_checks'];

/** Whose face is looked at, and for what. */
export interface FaceCheckSubject {
  kind: 'inmate' | 'family';
  id: string;
  name: string;
  purpose: FaceCheckPurpose;
  prisonId: string;
  inmateId: string;
  inmateName: string;
  callId: string | null;
  sessionId: string | null;
  deviceId: string | null;
}

export interface FaceCheckDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  files: SealedFolder;
  /** Null: none is configured; officers decide then. */
  faces: LiveFaces | null;
}

/** To take the pictures in. */
const OPEN_MS = 120_000;
/** An officer's decision is waited for so long. */
export const WAITING_MS = 30 * 60_000;
/** Failures count towards an officer's decision for so long. */
const FAILURES_WITHIN_MS = 30 * 60_000;
const MOST_TRIES = 100;
const OPENINGS = { most: 30, minutes: 10 };

/**
 * Begins a check, or answers the one that waits for an officer. Null: this call's check was passed already. Throws `too_many_requests`.
 */
export async function openFaceCheck(deps: FaceCheckDeps, subject: FaceCheckSubject): Promise<FaceCheckView | null> {
  const { db, clock } = deps;
  const now = clock.now().getTime();
  const last = await lastCheck(db, subject);
  const settled = last?.state === 'open' && isOver(last, now) && (await hasPicture(db, last.id)) ? await giveUp(deps, last) : last;
  if (settled && subject.purpose === 'entry' && ['passed', 'allowed'].includes(settled.state)) return null;
  if (settled?.state === 'waiting' && !isOver(settled, now)) return viewOf(settled, now);
  await limited(db, clock, `face-check:${subject.id}`, OPENINGS);
  const { 'face.likeness': threshold } = await readParameters(db, ['face.likeness']);
  const row: Row = {
    id: newId(),
    prison_id: subject.prisonId,
    inmate_id: subject.inmateId,
    subject_kind: subject.kind,
    subject_id: subject.id,
    subject_name: subject.name,
    inmate_name: subject.inmateName,
    purpose: subject.purpose,
    call_id: subject.callId,
    session_id: subject.sessionId,
    device_id: subject.deviceId,
    state: 'open',
    reason: null,
    steps: JSON.stringify(chooseSteps()),
    done: 0,
    tries: 0,
    likeness: null,
    threshold,
    compared: '[]',
    opened_at: toInstant(now),
    expires_at: toInstant(now + OPEN_MS),
    settled_at: null,
    decided_by: null,
    decided_by_name: null,
    note: null,
    version: 0,
  };
  await tables(db).insertInto('face_checks').values(row).execute();
  return viewOf(row, now);
}

/** The newest check for the same log-in or the same call. */
async function lastCheck(db: Db, { id, purpose, callId, sessionId }: FaceCheckSubject): Promise<Row | undefined> {
  const own = tables(db).selectFrom('face_checks').selectAll().where('subject_id', '=', id).where('purpose', '=', purpose);
  const same = purpose === 'entry' ? own.where('call_id', '=', callId) : own.where('session_id', '=', sessionId);
  return same.orderBy('id', 'desc').limit(1).executeTakeFirst();
}

async function hasPicture(db: Db, checkId: string): Promise<boolean> {
  const picture = tables(db).selectFrom('face_check_pictures').select('step').where('check_id', '=', checkId).limit(1);
  return (await picture.executeTakeFirst()) !== undefined;
}

/** Throws `not_found` for a check that is not this person's. */
export async function ownFaceCheck(db: Db, clock: Clock, subjectId: string, id: string): Promise<FaceCheckView> {
  return viewOf(await requireOwn(db, subjectId, id), clock.now().getTime());
}

async function requireOwn(db: Db, subjectId: string, id: string): Promise<Row> {
  const row = await tables(db)
    .selectFrom('face_checks')
    .selectAll()
    .where('id', '=', id)
    .where('subject_id', '=', subjectId)
    .executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  return row;
}

/**
 * Takes one picture for the step that is asked for; a picture for another step changes nothing. What it shows is decided here alone. The
 * last picture of each step is kept as evidence. Throws `not_found`, `face_check_over`, `face_service_busy`.
 */
export async function takeFacePicture(
  deps: FaceCheckDeps,
  subjectId: string,
  { id, step, picture }: { id: string; step: number; picture: Uint8Array },
): Promise<FaceCheckView> {
  const { db, clock } = deps;
  const now = clock.now().getTime();
  const row = await requireOwn(db, subjectId, id);
  if (row.state === 'open' && isOver(row, now)) throw new QinqiaoError('face_check_over');
  const view = viewOf(row, now);
  const pose = view.steps[step];
  if (row.state !== 'open' || step !== row.done || !pose) return view;
  if (row.tries >= MOST_TRIES) return viewOf(await giveUp(deps, row), now);
  await keepPicture(deps, row, { step, pose, picture });
  const front = step === 0 ? null : await deps.files.read(fileOf(id, 0));
  const judged = await judge(deps, picture, pose, front);
  if (judged === 'down') return viewOf(await settle(deps, row, { state: 'waiting', reason: 'service_down' }), now);
  if (judged.kind === 'again') return viewOf(await advance(deps, row, 0), now, judged.problem);
  if (judged.kind === 'failed') return viewOf(await fail(deps, row, judged.reason), now);
  const next = await advance(deps, row, 1);
  if (next.done < view.steps.length) return viewOf(next, now);
  return viewOf(await compare(deps, next, front ?? picture), now);
}

/** `down`: the service is not there; what is too busy for a moment is told to the page, which tries again. */
async function judge(
  { faces }: FaceCheckDeps,
  picture: Uint8Array,
  pose: FaceCheckView['steps'][number],
  front: Uint8Array | null,
): Promise<Judged | 'down'> {
  if (!faces) return 'down';
  try {
    return await judgePicture(faces, picture, pose, front);
  } catch (error) {
    if (error instanceof QinqiaoError && error.code === 'face_service_unavailable') return 'down';
    if (error instanceof QinqiaoError && error.code === 'face_refused') return { kind: 'again', problem: refusalOf(error) };
    throw error;
  }
}

const refusalOf = (error: QinqiaoError): Localised => Object.values(error.fieldTexts ?? {})[0] ?? error.body().text;

async function keepPicture(
  { db, clock, files }: FaceCheckDeps,
  { id }: Row,
  { step, pose, picture }: { step: number; pose: FaceCheckView['steps'][number]; picture: Uint8Array },
): Promise<void> {
  await files.write(fileOf(id, step), picture);
  const row = { check_id: id, step, pose, taken_at: toInstant(clock.now()) };
  await db.transaction().execute(async (trx) => {
    await tables(trx).deleteFrom('face_check_pictures').where('check_id', '=', id).where('step', '=', step).execute();
    await tables(trx).insertInto('face_check_pictures').values(row).execute();
  });
}

/** Where the pictures of checks lie. */
export const faceCheckPictures = (dataDir: string, crypto: CryptoProvider): SealedFolder =>
  new SealedFolder(dataDir, crypto, 'face-checks');
export const fileOf = (checkId: string, step: number) => `${checkId}-${step}`;

/** Counts the try, and the step when it is done. Throws `face_check_over` when another picture was quicker. */
async function advance({ db }: FaceCheckDeps, row: Row, steps: 0 | 1): Promise<Row> {
  const next = { ...row, done: row.done + steps, tries: row.tries + 1 };
  const changed = await tables(db)
    .updateTable('face_checks')
    .set({ done: next.done, tries: next.tries })
    .where('id', '=', row.id)
    .where('state', '=', 'open')
    .where('done', '=', row.done)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n) throw new QinqiaoError('face_check_over');
  return next;
}

async function compare(deps: FaceCheckDeps, row: Row, front: Uint8Array): Promise<Row> {
  const known = await facesOf(deps.db, deps.crypto, row.subject_kind, [row.subject_id]);
  const judged = await judge(deps, front, 'centre', null);
  const { faces } = deps;
  if (judged === 'down' || judged.kind !== 'taken' || !faces) return settle(deps, row, { state: 'waiting', reason: 'service_down' });
  const { best } = compareWith(judged.vector, known, (one, other) => faces.likeness(one, other));
  const found = { likeness: best === null ? null : Math.round(best.likeness * 100), threshold: row.threshold };
  const compared = JSON.stringify(known.map(({ id }) => id));
  return settle(deps, row, outcomeOf(found, await failuresOf(deps, row)), { likeness: found.likeness, compared });
}

const fail = async (deps: FaceCheckDeps, row: Row, failed: FaceCheckReason) =>
  settle(deps, row, outcomeOf({ failed }, await failuresOf(deps, row)));
/** The person did not manage what was asked for. */
const giveUp = (deps: FaceCheckDeps, row: Row) => fail(deps, row, 'not_turned');

/** Failures in a row, in the last while, since the person was last let in. */
async function failuresOf({ db, clock }: FaceCheckDeps, { subject_id, purpose }: Row): Promise<{ failures: number; most: number }> {
  const { 'face.failures': most } = await readParameters(db, ['face.failures']);
  const since = toInstant(clock.now().getTime() - FAILURES_WITHIN_MS);
  const rows = await tables(db)
    .selectFrom('face_checks')
    .select('state')
    .where('subject_id', '=', subject_id)
    .where('purpose', '=', purpose)
    .where('settled_at', '>=', since)
    .orderBy('id', 'desc')
    .limit(most + 1)
    .execute();
  const end = rows.findIndex(({ state }) => state !== 'failed');
  return { failures: end < 0 ? rows.length : end, most };
}

/** Ends a check and lets in whoever has passed, in one transaction with its audit record. */
async function settle(
  deps: FaceCheckDeps,
  row: Row,
  outcome: Outcome,
  found: Partial<Pick<Row, 'likeness' | 'compared'>> = {},
): Promise<Row> {
  const { db, clock } = deps;
  const now = clock.now().getTime();
  const change = {
    ...outcome,
    ...found,
    settled_at: toInstant(now),
    ...(outcome.state === 'waiting' ? { expires_at: toInstant(now + WAITING_MS) } : {}),
  };
  return db.transaction().execute(async (trx) => {
    const changed = await tables(trx)
      .updateTable('face_checks')
      .set(change)
      .where('id', '=', row.id)
      .where('state', '=', 'open')
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) throw new QinqiaoError('face_check_over');
    const next = { ...row, ...change };
    const actor: Actor = { role: row.subject_kind, id: row.subject_id, name: row.subject_name };
    const detail = {
      purpose: row.purpose,
      callId: row.call_id,
      state: next.state,
      reason: next.reason,
      likeness: next.likeness,
      threshold: row.threshold,
    };
    await writeAudit(trx, { at: toInstant(now), actor, action: 'face.check', subject: { kind: 'face_check', id: row.id }, detail });
    if (next.state === 'passed') await letIn(trx, next);
    return next;
  });
}

/** An inmate's log-in is complete from here on; a family member's entry is asked for by `requireFaceEntry`. */
export async function letIn(trx: Db, { purpose, session_id }: Pick<Row, 'purpose' | 'session_id'>): Promise<void> {
  if (purpose === 'login' && session_id !== null) await setTodo(trx, session_id, []);
}

/** Throws `face_check_needed` when this family member's face was not checked for this call, where that is asked for. */
export async function requireFaceEntry(db: Db, familyId: string, callId: string): Promise<void> {
  const { 'face.familyEntry': asked } = await readParameters(db, ['face.familyEntry']);
  if (asked === 'off') return;
  const passed = tables(db)
    .selectFrom('face_checks')
    .select('id')
    .where('call_id', '=', callId)
    .where('subject_id', '=', familyId)
    .where('state', 'in', ['passed', 'allowed'])
    .limit(1);
  if (!(await passed.executeTakeFirst())) throw new QinqiaoError('face_check_needed');
}
