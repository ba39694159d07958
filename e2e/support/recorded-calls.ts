import { type CallId, type Instant, type ParticipantId, type PrisonId, type RelisteningRuleContent, type Role } from '@qinqiao/contracts';
import { type CallTables, createCall, parseSession } from '@qinqiao/domain/calls';
import { storeWarning } from '@qinqiao/domain/picture-warnings';
import { addRule } from '@qinqiao/domain/relistening';
import { saveSegments } from '@qinqiao/domain/transcripts';
import { saveAlerts } from '@qinqiao/domain/words';
import { type Clip, makeClip, storeLongCall } from '@qinqiao/recorder/testing';
import { type Db, loadConfig, newId, openDatabase, openSoftwareCrypto, rootSecret, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { expect, vi } from 'vitest';
import type { Installation } from './installation.ts';
import { officerApi } from './officer-api.ts';

const MINUTE = 60_000;
/** Of the demo: inmate, family member and how they are related. */
const PAIRS = [
  ['demo-inmate-1', 'demo-family-1', '母亲'],
  ['demo-inmate-2', 'demo-family-2', '妻子'],
  ['demo-inmate-3', 'demo-family-3', '女儿'],
] as const;

export interface RecordedCalls {
  /** How long each is. */
  seconds: number;
  rule: RelisteningRuleContent;
}

/**
 * Calls of yesterday, one of each demo inmate, with their journals as a recorder leaves them: a beep of each party every six seconds and silence
 * between; transcripts, a sensitive word and a picture warning. The installation is stopped meanwhile; started again, it makes files of them,
 * seals them and asks the re-listening rule. Answers the calls' ids once it has: before that it knows of no conversation.
 */
export async function addRecordedCalls(installation: Installation, calls: RecordedCalls): Promise<CallId[]> {
  await installation.stop('all', 'SIGKILL');
  const ids = await storeCalls(installation, calls);
  installation.run('all');
  await installation.untilReady();
  const api = await officerApi(installation);
  const ready = async () =>
    expect((await api.listConversations({ query: { recording: 'ready', limit: 10 } })).items).toHaveLength(ids.length);
  await vi.waitFor(ready, { timeout: 90_000, interval: 500 });
  return ids;
}

async function storeCalls(installation: Installation, { seconds, rule }: RecordedCalls): Promise<CallId[]> {
  const config = loadConfig({ QINQIAO_DATA: installation.dataDir });
  const db = openDatabase(config);
  try {
    const crypto = openSoftwareCrypto({ dataDir: config.dataDir, secret: rootSecret(config) });
    await db.transaction().execute((trx) => addRule(trx, 'demo-prison', rule));
    const clip = await makeClip({ seconds: 12, size: '320x240', everyS: 6, keyEvery: 50 });
    const ids: CallId[] = [];
    for (const [index, pair] of PAIRS.entries()) {
      const startsAt = toInstant(Date.now() - 24 * 60 * MINUTE + index * 30 * MINUTE);
      ids.push(await addCall({ db, dataDir: config.dataDir, crypto }, { pair, startsAt, seconds, clip }));
    }
    return ids;
  } finally {
    await db.destroy();
  }
}

type Store = Parameters<typeof storeLongCall>[0];

async function addCall(
  store: Store,
  of: { pair: (typeof PAIRS)[number]; startsAt: Instant; seconds: number; clip: Clip },
): Promise<CallId> {
  const { pair, startsAt, seconds, clip } = of;
  const [inmateId, familyId, relation] = pair;
  const endsAt = toInstant(Date.parse(startsAt) + seconds * 1000);
  const people = { prisonId: 'demo-prison', roomId: 'demo-room-1', inmateId, familyId, relation };
  const callId = await createCall(store.db, { ...people, startsAt, endsAt }, SYSTEM_ACTOR, startsAt);
  await end(store.db, callId, { startsAt, endsAt });
  await storeLongCall(store, { callId, prisonId: 'demo-prison' as PrisonId, epoch: startsAt, minutes: seconds / 60, clip });
  await happen(store.db, callId, startsAt);
  return callId;
}

/** Leaves the call as its session does when its time is up. */
async function end(db: Db, callId: CallId, { startsAt, endsAt }: { startsAt: Instant; endsAt: Instant }): Promise<void> {
  const calls = db.withTables<CallTables>();
  const { session: text } = await calls.selectFrom('calls').select('session').where('id', '=', callId).executeTakeFirstOrThrow();
  const course = { begunAt: startsAt, liveSince: startsAt, endedAt: endsAt, endReason: 'time_up' as const };
  const session = JSON.stringify({ ...parseSession(text), state: 'ended', ...course });
  await calls.updateTable('calls').set({ session, state: 'ended' }).where('id', '=', callId).execute();
}

const LINES: readonly [Role, number, string][] = [
  ['inmate', 500, '妈，最近身体还好吗？'],
  ['family', 6500, '都好，你放心，别惦记家里。'],
  ['inmate', 12_500, '上次说的手机的事别再提了。'],
  ['family', 18_500, '知道了，你好好改造。'],
];

/** What was said, a sensitive word and a picture warning. */
async function happen(db: Db, callId: CallId, at: Instant): Promise<void> {
  const segments = LINES.map(([speaker, startMs, text], index) => ({
    id: `${callId}-${index}`,
    callId,
    participantId: speaker as ParticipantId,
    speaker,
    startMs,
    endMs: startMs + 3000,
    text,
    final: true,
    engine: 'test',
    trial: true,
  }));
  await saveSegments(db, segments);
  const word = { id: newId(), callId, segmentId: `${callId}-2`, participantId: 'inmate' as ParticipantId, speaker: 'inmate' as const };
  const listed = { wordId: '', category: '', note: '违禁品', match: 'exact' as const };
  const where = {
    ...listed,
    word: '手机',
    level: 1,
    offset: 4,
    length: 2,
    atMs: 14_000,
    heardAt: at,
    raisedAt: at,
    state: 'confirmed' as const,
  };
  await saveAlerts(db, [{ ...word, ...where }]);
  const seen = { seenAt: at, raisedAt: at, atMs: 8000, held: false, verdict: 'open' as const };
  await storeWarning(db, { id: newId(), callId, party: 'family', kind: 'several_people', people: 2, ...seen });
}
