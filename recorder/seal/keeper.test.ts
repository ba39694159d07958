import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { CallId, ParticipantId, TranscriptSegment } from '@qinqiao/contracts';
import { createCall } from '@qinqiao/domain/calls';
import type { OutboxTables } from '@qinqiao/domain/outbox';
import {
  askCheck,
  deleteRecording,
  enqueueRecordingJob,
  findKept,
  liftHold,
  listChecks,
  openRecordingFile,
  openRecordingStores,
  placeHold,
  type RecordingStores,
  type RecordingTables,
  recordingView,
  rewrapRecordingKeys,
  sealedKey,
} from '@qinqiao/domain/recordings';
import { listSegments, saveSegments } from '@qinqiao/domain/transcripts';
import { addFinishedRecording, addTestPeople, type Database, DATABASES, openTestStore } from '@qinqiao/domain/testing';
import { type AuditTables, DiskStore, FakeClock, keyIdOf, type ObjectStore, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';
import { startS3Server } from '@qinqiao/server-kit/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { bulkHere, bulkInThreads } from './bulk.ts';
import { afterFiles, type KeeperDeps } from './keeper.ts';
import { Crash, testKeeper } from './keeper-testing.ts';

const MiB = 1024 * 1024;
const SIZES = { 'combined.webm': MiB + 200_000, 'inmate-audio.webm': 70_000, 'inmate-video.webm': 64 * 1024 };
const NAMES = Object.keys(SIZES) as (keyof typeof SIZES)[];
const NOW = new Date('2026-11-22T08:00:00.000Z');

const cleanUp: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of cleanUp.splice(0).toReversed()) await each[Symbol.asyncDispose]();
});

async function openWorld(on: Database = 'sqlite', start = NOW) {
  const store = await openTestStore({ on });
  const { ids } = await addTestPeople(store.db);
  const folder = mkdtempSync(join(tmpdir(), 'qinqiao-keeper-'));
  const disks = { kind: 'disk', folder: join(folder, 'hot') } as const;
  const stores = await openRecordingStores({ hot: disks, cold: { kind: 'disk', folder: join(folder, 'cold') } });
  cleanUp.push({
    [Symbol.asyncDispose]: async () => {
      await stores[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  });
  const clock = new FakeClock(start);
  const at = toInstant(start);
  const who = { prisonId: ids.prison, roomId: ids.room, inmateId: ids.inmate, familyId: ids.family, relation: '母亲' };
  const officer = { role: 'officer', id: ids.officer, name: '张警官' } as const;
  let calls = 0;
  const call = async () => {
    const startsAt = toInstant(start.getTime() + 3_600_000 * calls++);
    return createCall(store.db, { ...who, startsAt, endsAt: toInstant(Date.parse(startsAt) + 1_800_000) }, officer, at);
  };
  const { db, crypto, dataDir } = store;
  const base = { db, crypto, dataDir, clock, stores, bulk: bulkHere(stores) };
  const keeper = (more: Partial<KeeperDeps> = {}) => testKeeper({ ...base, ...more });
  const finished = async (after = true) => {
    const callId = await call();
    const contents = await addFinishedRecording(base, {
      callId,
      prisonId: ids.prison,
      sizes: SIZES,
      ...(after ? { after: afterFiles(clock)(callId) } : {}),
    });
    return { callId, contents };
  };
  const sealed = async () => {
    const made = await finished();
    await keeper().runOne('seal');
    return made;
  };
  const read = async (callId: CallId, name: string, from = 0, to?: number) => {
    const file = await openRecordingFile({ db, crypto, dataDir, stores }, callId, name);
    return buffer(file.read(from, to ?? file.bytes));
  };
  const verdict = async (callId: CallId) => {
    await askCheck(db, clock, callId, officer);
    await keeper().runOne('verify');
    const [check] = await listChecks(db, callId);
    return check?.verdict;
  };
  const audited = async (action: string) =>
    (await db.withTables<AuditTables>().selectFrom('audit').select('subject_id').where('action', '=', action).execute()).length;
  const told = async (topic: string) =>
    (await db.withTables<OutboxTables>().selectFrom('outbox').select('id').where('topic', '=', topic).execute()).length;
  const folderOf = async (callId: CallId) => (await findKept(db, callId))?.folder ?? '';
  const objects = async (which: ObjectStore, callId: CallId) => {
    const keys: string[] = [];
    for await (const { key } of which.list(`${await folderOf(callId)}/`)) keys.push(key);
    return keys.length;
  };
  const pathOf = async (callId: CallId, name: string) => join(folder, 'hot', sealedKey(await folderOf(callId), name));
  return { ...base, folder, officer, ids, keeper, finished, sealed, read, verdict, audited, told, folderOf, objects, pathOf };
}
const spoken = (callId: CallId): TranscriptSegment => ({
  id: `${callId}-1`,
  callId,
  participantId: 'p1' as ParticipantId,
  speaker: 'inmate',
  startMs: 0,
  endMs: 900,
  text: '身体很好',
  final: true,
  engine: 'test',
  trial: false,
});
type World = Awaited<ReturnType<typeof openWorld>>;

describe.each(DATABASES)('a finished recording: %s', (on) => {
  it('is sealed once, plays by range, and nothing lies open any more', async () => {
    const w = await openWorld(on);
    const { callId, contents } = await w.finished();
    expect((await recordingView(w.db, callId, String)).sealed).toMatchObject({ state: 'waiting', store: null });
    expect((await w.read(callId, 'combined.webm')).equals(contents['combined.webm'] ?? Buffer.of())).toBe(true);
    expect(await w.keeper().runOne('seal')).toBe(true);
    const view = await recordingView(w.db, callId, String);
    expect(view).toMatchObject({ state: 'ready', sealed: { state: 'sealed', store: 'hot', error: null, held: false } });
    expect(existsSync(join(w.dataDir, await w.folderOf(callId)))).toBe(false);
    for (const name of NAMES) expect((await w.read(callId, name)).equals(contents[name] ?? Buffer.of())).toBe(true);
    const part = await w.read(callId, 'combined.webm', 65_530, 1_200_001);
    expect(part.equals(contents['combined.webm']?.subarray(65_530, 1_200_001) ?? Buffer.of())).toBe(true);
    expect(readFileSync(await w.pathOf(callId, 'inmate-audio.webm')).includes(contents['inmate-audio.webm']?.subarray(0, 32) ?? '')).toBe(
      false,
    );
    expect([await w.audited('recording.seal'), await w.told('recording.ready')]).toEqual([1, 1]);
    expect(await w.verdict(callId)).toMatchObject({ intact: true, files: 3, faults: [] });
    expect([await w.audited('recording.verify'), await w.audited('recording.verified')]).toEqual([1, 1]);
  });

  it('moves to the cold store, and is deleted from wherever it lies; a tombstone stays', async () => {
    const w = await openWorld(on);
    const { callId, contents } = await w.sealed();
    w.clock.advance(91 * 86_400_000);
    await w.keeper().tend();
    await w.keeper().runOne('move');
    expect(await findKept(w.db, callId)).toMatchObject({ state: 'ready', store: 'cold' });
    expect(await w.objects(w.stores.hot, callId)).toBe(0);
    expect((await w.read(callId, 'combined.webm')).equals(contents['combined.webm'] ?? Buffer.of())).toBe(true);
    expect(await w.verdict(callId)).toMatchObject({ intact: true });
    await deleteRecording(w.db, w.clock, callId, { cause: 'officer', reason: '依法院裁定', actor: w.officer });
    await expect(w.read(callId, 'combined.webm')).rejects.toMatchObject({ code: 'recording_deleted' });
    expect(await w.keeper().runOne('remove')).toBe(true);
    expect(await w.objects(w.stores.cold as ObjectStore, callId)).toBe(0);
    const { state, sealed, files } = await recordingView(w.db, callId, String);
    expect(state).toBe('deleted');
    expect(files).toEqual([]);
    expect(sealed).toMatchObject({ state: 'deleted', deleted: { reason: '依法院裁定', byName: '张警官', files: 3 } });
    expect(sealed?.deleted?.removedAt).not.toBeNull();
    expect([await w.audited('recording.delete'), await w.told('recording.deleted')]).toEqual([1, 1]);
    const again = deleteRecording(w.db, w.clock, callId, { cause: 'officer', reason: 'x', actor: w.officer });
    await expect(again).rejects.toMatchObject({ code: 'recording_deleted' });
  });
});

describe('what was changed after sealing is found', () => {
  const attacks: [string, (w: World, callId: CallId) => Promise<void>, object[]][] = [
    [
      'one bit in the second block',
      async (w, id) => {
        const path = await w.pathOf(id, 'combined.webm');
        const bytes = readFileSync(path);
        bytes[MiB + 77] = (bytes[MiB + 77] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
      [{ file: 'combined.webm', fault: 'altered', block: 1 }],
    ],
    [
      'a file that was cut off',
      async (w, id) => truncateSync(await w.pathOf(id, 'combined.webm'), MiB + 90_000),
      [{ file: 'combined.webm', fault: 'truncated', block: 1 }],
    ],
    [
      'a file that is gone',
      async (w, id) => rmSync(await w.pathOf(id, 'inmate-audio.webm')),
      [{ file: 'inmate-audio.webm', fault: 'missing', block: null }],
    ],
    [
      'two files in each other’s place',
      async (w, id) => {
        const [one, other] = [await w.pathOf(id, 'inmate-audio.webm'), await w.pathOf(id, 'inmate-video.webm')];
        const [first, second] = [readFileSync(one), readFileSync(other)];
        writeFileSync(one, second);
        writeFileSync(other, first);
      },
      [
        { file: 'inmate-audio.webm', fault: 'swapped', detail: 'inmate-video.webm' },
        { file: 'inmate-video.webm', fault: 'swapped', detail: 'inmate-audio.webm' },
      ],
    ],
    [
      'a file that has grown',
      async (w, id) => writeFileSync(await w.pathOf(id, 'inmate-audio.webm'), 'more', { flag: 'a' }),
      [{ file: 'inmate-audio.webm', fault: 'altered', block: 0 }],
    ],
    [
      'a forged manifest',
      async (w, id) => {
        const name = `manifest-${(await findKept(w.db, id))?.manifestSm3?.slice(0, 16)}.json`;
        const path = await w.pathOf(id, name);
        const bytes = readFileSync(path);
        bytes[100] = (bytes[100] ?? 0) ^ 1;
        writeFileSync(path, bytes);
      },
      [{ fault: 'manifest_altered' }],
    ],
    [
      'a manifest that is gone',
      async (w, id) => rmSync(await w.pathOf(id, `manifest-${(await findKept(w.db, id))?.manifestSm3?.slice(0, 16)}.json`)),
      [{ fault: 'manifest_missing' }],
    ],
    [
      'a signature of something else',
      async (w, id) => {
        const signature = await w.crypto.sign(Buffer.from('something else'));
        await w.db.withTables<RecordingTables>().updateTable('recordings').set({ signature }).where('call_id', '=', id).execute();
      },
      [{ fault: 'signature' }],
    ],
    [
      'a signature that is none',
      async (w, id) => {
        const change = { signature: 'forged' };
        await w.db.withTables<RecordingTables>().updateTable('recordings').set(change).where('call_id', '=', id).execute();
      },
      [{ fault: 'signature' }],
    ],
    [
      'another list of files in the database',
      async (w, id) => {
        await w.db
          .withTables<RecordingTables>()
          .deleteFrom('recording_files')
          .where('call_id', '=', id)
          .where('name', '=', 'inmate-video.webm')
          .execute();
      },
      [{ file: 'inmate-video.webm', fault: 'unlisted' }],
    ],
  ];
  it.each(attacks)('%s', async (_, attack, faults) => {
    const w = await openWorld();
    const { callId } = await w.sealed();
    await attack(w, callId);
    const found = await w.verdict(callId);
    expect(found?.intact).toBe(false);
    expect(found?.faults).toMatchObject(faults);
    expect(found?.faults).toHaveLength(faults.length);
  });
});

/** A store whose writing can be made to fail or to hang. */
class FaultyStore extends DiskStore {
  fault: 'none' | 'fails' | 'hangs' = 'none';
  override async put(...input: Parameters<DiskStore['put']>): Promise<{ bytes: number }> {
    if (this.fault === 'hangs') return new Promise(() => undefined);
    if (this.fault === 'fails') throw Object.assign(new Error('storage_unavailable: EIO'), { code: 'storage_unavailable' });
    return super.put(...input);
  }
}

describe('storage that', () => {
  it.each(['fails', 'hangs'] as const)('%s loses nothing: the files wait, people are told, and it catches up', async (fault) => {
    const w = await openWorld();
    const hot = new FaultyStore(join(w.folder, 'faulty'));
    const stores = { hot, cold: null };
    const { callId, contents } = await w.finished();
    const keeper = w.keeper({ stores, bulk: bulkHere(stores), stallMs: 30 });
    hot.fault = fault;
    for (let attempt = 0; attempt < 7; attempt++) {
      expect(await keeper.runOne('seal')).toBe(true);
      expect(await keeper.runOne('seal')).toBe(false);
      w.clock.advance(300_000);
    }
    const { state, sealed } = await recordingView(w.db, callId, String);
    expect([state, sealed?.state]).toEqual(['sealing', 'waiting']);
    expect(sealed?.error).toContain('storage_unavailable');
    expect((await w.read(callId, 'combined.webm')).equals(contents['combined.webm'] ?? Buffer.of())).toBe(true);
    hot.fault = 'none';
    expect(await w.keeper({ stores, bulk: bulkHere(stores) }).runOne('seal')).toBe(true);
    expect((await recordingView(w.db, callId, String)).sealed).toMatchObject({ state: 'sealed', error: null });
  });

  it('gives back something else than it took keeps the open files', async () => {
    const w = await openWorld();
    const { callId } = await w.finished();
    const hot = new DiskStore(join(w.folder, 'lying'));
    const read = hot.read.bind(hot);
    hot.read = async function* (...input) {
      for await (const piece of read(...input)) {
        piece[0] = (piece[0] ?? 0) ^ 1;
        yield piece;
      }
    };
    const stores = { hot, cold: null };
    await w.keeper({ stores, bulk: bulkHere(stores) }).runOne('seal');
    expect(await findKept(w.db, callId)).toMatchObject({ state: 'sealing', store: null });
    expect(existsSync(join(w.dataDir, await w.folderOf(callId), 'combined.webm'))).toBe(true);
  });

  it('held a file that was changed before it was sealed: that is said, and it is not sealed', async () => {
    const w = await openWorld();
    const { callId } = await w.finished();
    writeFileSync(join(w.dataDir, await w.folderOf(callId), 'inmate-audio.webm'), 'other');
    await w.keeper().runOne('seal');
    const kept = await findKept(w.db, callId);
    expect(kept).toMatchObject({ state: 'sealing', store: null });
    expect(kept?.sealError).toContain('inmate-audio.webm is not what was finished');
  });
});

describe('a job that broke off', () => {
  const crashAt = (point: string) => ({
    at: (reached: string) => {
      if (reached === point) throw new Crash(point);
    },
  });

  it.each(['key', 'files', 'manifest', 'stored', 'cleared'])('sealing at “%s” is finished by another node, once', async (step) => {
    const w = await openWorld();
    const { callId, contents } = await w.finished();
    await w.keeper(crashAt(`seal.${step}`)).runOne('seal');
    w.clock.advance(60_000);
    await w.keeper({ instance: 'other' }).runOne('seal');
    expect(await findKept(w.db, callId)).toMatchObject({ state: 'ready', store: 'hot', sealError: null });
    expect([await w.audited('recording.seal'), await w.told('recording.ready')]).toEqual([1, 1]);
    expect(existsSync(join(w.dataDir, await w.folderOf(callId)))).toBe(false);
    for (const name of NAMES) expect((await w.read(callId, name)).equals(contents[name] ?? Buffer.of())).toBe(true);
    expect(await w.verdict(callId)).toMatchObject({ intact: true });
  });

  it.each(['copied', 'moved', 'removed'])('moving at “%s” is finished by another node, once', async (step) => {
    const w = await openWorld();
    const { callId, contents } = await w.sealed();
    await enqueueRecordingJob(w.db, w.clock, 'move', { callId });
    await w.keeper(crashAt(`move.${step}`)).runOne('move');
    for (const name of NAMES) expect((await w.read(callId, name)).equals(contents[name] ?? Buffer.of())).toBe(true);
    w.clock.advance(60_000);
    await w.keeper({ instance: 'other' }).runOne('move');
    expect(await findKept(w.db, callId)).toMatchObject({ state: 'ready', store: 'cold', sealError: null });
    expect(await w.objects(w.stores.hot, callId)).toBe(0);
    expect(await w.audited('recording.move')).toBe(1);
    for (const name of NAMES) expect((await w.read(callId, name)).equals(contents[name] ?? Buffer.of())).toBe(true);
  });

  it.each(['transcript', 'hot', 'cold', 'folder'])('deleting at “%s” is finished by another node, once', async (step) => {
    const w = await openWorld();
    const { callId } = await w.sealed();
    await saveSegments(w.db, [spoken(callId)], w.clock);
    await deleteRecording(w.db, w.clock, callId, { cause: 'retention', reason: '期满', actor: SYSTEM_ACTOR });
    await w.keeper(crashAt(`remove.${step}`)).runOne('remove');
    w.clock.advance(60_000);
    await w.keeper({ instance: 'other' }).runOne('remove');
    expect((await listSegments(w.db, callId, { limit: 5 })).items).toEqual([]);
    expect(await w.audited('transcript.delete')).toBe(1);
    expect(await w.objects(w.stores.hot, callId)).toBe(0);
    expect((await recordingView(w.db, callId, String)).sealed?.deleted?.removedAt).not.toBeNull();
    expect([await w.audited('recording.delete'), await w.told('recording.deleted')]).toEqual([1, 1]);
  });

  it('is never done by two nodes at once', async () => {
    const w = await openWorld();
    await w.finished();
    let working = 0;
    let most = 0;
    const bulk = bulkHere(w.stores);
    const sealFiles: typeof bulk.sealFiles = async (...input) => {
      most = Math.max(most, ++working);
      const result = await bulk.sealFiles(...input);
      working--;
      return result;
    };
    const nodes = ['a', 'b', 'c'].map((instance) => w.keeper({ instance, bulk: { ...bulk, sealFiles } }));
    const took = await Promise.all(nodes.map((node) => node.runOne('seal')));
    expect(took.filter(Boolean)).toHaveLength(1);
    expect(most).toBe(1);
  });

  it('when a recording is deleted while it is being sealed: nothing of it stays in the store', async () => {
    const w = await openWorld();
    const { callId } = await w.finished();
    const remove = async (point: string) => {
      if (point !== 'seal.manifest') return;
      await deleteRecording(w.db, w.clock, callId, { cause: 'officer', reason: '误录', actor: w.officer });
    };
    await w.keeper({ at: remove }).runOne('seal');
    expect(await findKept(w.db, callId)).toMatchObject({ state: 'deleted', store: null });
    expect(await w.objects(w.stores.hot, callId)).toBe(0);
    expect(await w.told('recording.ready')).toBe(0);
  });
});

it('a check whose store hangs says so after three attempts, and another can be asked for', async () => {
  const w = await openWorld();
  const { callId } = await w.sealed();
  await askCheck(w.db, w.clock, callId, w.officer);
  const bulk = { ...bulkHere(w.stores), checkStored: () => new Promise<never>(() => undefined) };
  for (let attempt = 0; attempt < 3; attempt++) {
    expect(await w.keeper({ bulk, stallMs: 20 }).runOne('verify')).toBe(true);
    w.clock.advance(300_000);
  }
  expect(await listChecks(w.db, callId)).toMatchObject([{ state: 'failed', error: 'storage_unavailable: the storage does not go on' }]);
  expect(await w.verdict(callId)).toMatchObject({ intact: true });
});

describe('a legal hold', () => {
  it('keeps a recording from every way of deleting it until the last one is lifted', async () => {
    const w = await openWorld();
    const { callId, contents } = await w.sealed();
    const act = (reason: string) => ({ reason, actor: w.officer, at: toInstant(NOW) });
    const hold = (reason: string) => w.db.transaction().execute((trx) => placeHold(trx as never, callId, act(reason)));
    const lift = (id: string) => w.db.transaction().execute((trx) => liftHold(trx as never, callId, id, act('结案')));
    const [first, second] = [await hold('案件一'), await hold('案件二')];
    for (const cause of ['officer', 'retention'] as const) {
      const deletion = deleteRecording(w.db, w.clock, callId, { cause, reason: 'x', actor: w.officer });
      await expect(deletion).rejects.toMatchObject({ code: 'recording_held' });
    }
    // A removal asked for by mistake or malice does nothing to one that is not deleted.
    await enqueueRecordingJob(w.db, w.clock, 'remove', { callId });
    await w.keeper().runOne('remove');
    expect((await w.read(callId, 'combined.webm')).equals(contents['combined.webm'] ?? Buffer.of())).toBe(true);
    await lift(first.id);
    await expect(lift(first.id)).rejects.toMatchObject({ code: 'wrong_state' });
    const still = deleteRecording(w.db, w.clock, callId, { cause: 'officer', reason: 'x', actor: w.officer });
    await expect(still).rejects.toMatchObject({ code: 'recording_held' });
    await lift(second.id);
    await deleteRecording(w.db, w.clock, callId, { cause: 'officer', reason: 'x', actor: w.officer });
    await expect(hold('太晚')).rejects.toMatchObject({ code: 'recording_deleted' });
  });
});

it('recordings of versions that did not seal are sealed by the next start', async () => {
  const w = await openWorld();
  const { callId, contents } = await w.finished(false);
  expect(await findKept(w.db, callId)).toMatchObject({ state: 'ready', store: null });
  expect((await w.read(callId, 'combined.webm')).equals(contents['combined.webm'] ?? Buffer.of())).toBe(true);
  const keeper = w.keeper();
  await keeper.tend();
  await keeper.runOne('seal');
  expect(await findKept(w.db, callId)).toMatchObject({ state: 'ready', store: 'hot' });
  expect((await w.read(callId, 'combined.webm')).equals(contents['combined.webm'] ?? Buffer.of())).toBe(true);
});

it('a new master key rewraps the data keys and touches no file', async () => {
  const w = await openWorld();
  const { callId, contents } = await w.sealed();
  const path = await w.pathOf(callId, 'combined.webm');
  const before = readFileSync(path);
  const id = await w.crypto.rotate();
  expect(await rewrapRecordingKeys(w.db, w.crypto)).toBe(1);
  expect(await rewrapRecordingKeys(w.db, w.crypto)).toBe(0);
  const key = await w.db.withTables<RecordingTables>().selectFrom('recording_keys').select('wrapped').executeTakeFirstOrThrow();
  expect(keyIdOf(key.wrapped)).toBe(id);
  expect(readFileSync(path).equals(before)).toBe(true);
  expect((await w.read(callId, 'combined.webm')).equals(contents['combined.webm'] ?? Buffer.of())).toBe(true);
  expect(await w.verdict(callId)).toMatchObject({ intact: true });
});

describe('a process that is killed (kill -9)', () => {
  /** Runs one job in a process of its own, which is killed when it comes to the point. */
  async function killAt(w: World, job: 'seal' | 'move' | 'remove', point: string): Promise<void> {
    const child = fork(join(import.meta.dirname, 'keeper-process.ts'), [w.dataDir, w.folder, job, point], { execArgv: [] });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(signal).toBe('SIGKILL');
    // Until the dead one's lease is over, nobody else has the job.
    w.clock.advance(Date.now() - w.clock.now().getTime());
    expect(await w.keeper({ instance: 'next' }).runOne(job)).toBe(false);
    w.clock.advance(6000);
    expect(await w.keeper({ instance: 'next' }).runOne(job)).toBe(true);
  }

  it('while sealing, moving and deleting: the next one finishes, nothing is lost and nothing done twice', async () => {
    const w = await openWorld('sqlite', new Date(Date.now() - 60_000));
    const { callId, contents } = await w.finished();
    await killAt(w, 'seal', 'seal.files');
    expect(await findKept(w.db, callId)).toMatchObject({ state: 'ready', store: 'hot' });
    expect(existsSync(join(w.dataDir, await w.folderOf(callId)))).toBe(false);
    w.clock.advance(Date.now() - w.clock.now().getTime());
    await enqueueRecordingJob(w.db, w.clock, 'move', { callId });
    await killAt(w, 'move', 'move.moved');
    expect(await findKept(w.db, callId)).toMatchObject({ state: 'ready', store: 'cold' });
    expect(await w.objects(w.stores.hot, callId)).toBe(0);
    for (const name of NAMES) expect((await w.read(callId, name)).equals(contents[name] ?? Buffer.of())).toBe(true);
    expect(await w.verdict(callId)).toMatchObject({ intact: true });
    w.clock.advance(Date.now() - w.clock.now().getTime());
    await deleteRecording(w.db, w.clock, callId, { cause: 'officer', reason: '期满', actor: w.officer });
    await killAt(w, 'remove', 'remove.hot');
    expect(await w.objects(w.stores.cold as ObjectStore, callId)).toBe(0);
    expect([await w.audited('recording.seal'), await w.audited('recording.move'), await w.audited('recording.delete')]).toEqual([1, 1, 1]);
    expect([await w.told('recording.ready'), await w.told('recording.deleted')]).toEqual([1, 1]);
  });
});

it('on an S3 server, in threads: sealed, played, moved from the disk, found to be altered, deleted', async () => {
  const w = await openWorld();
  await using s3 = await startS3Server();
  const hot = { kind: 'disk', folder: join(w.folder, 'hot') } as const;
  const storage = { hot: s3.config, cold: null };
  await using stores = await openRecordingStores(storage);
  const keeper = w.keeper({ stores, bulk: bulkInThreads(storage) });
  const { callId, contents } = await w.finished();
  expect(await keeper.runOne('seal')).toBe(true);
  const deps = { db: w.db, crypto: w.crypto, dataDir: w.dataDir, stores };
  const play = async (id: CallId, from: number, to: number, from_: RecordingStores = stores) =>
    buffer((await openRecordingFile({ ...deps, stores: from_ }, id, 'combined.webm')).read(from, to));
  expect((await play(callId, 1000, 1_200_000)).equals(contents['combined.webm']?.subarray(1000, 1_200_000) ?? Buffer.of())).toBe(true);

  const other = await w.sealed();
  await enqueueRecordingJob(w.db, w.clock, 'move', { callId: other.callId });
  const both = { hot, cold: s3.config };
  await using disks = await openRecordingStores(both);
  const mover = w.keeper({ stores: disks, bulk: bulkInThreads(both) });
  await mover.runOne('move');
  expect(await findKept(w.db, other.callId)).toMatchObject({ store: 'cold', sealError: null });
  expect((await play(other.callId, 5, 70_000, disks)).equals(other.contents['combined.webm']?.subarray(5, 70_000) ?? Buffer.of())).toBe(
    true,
  );
  const key = sealedKey(await w.folderOf(other.callId), 'inmate-audio.webm');
  await stores.hot.put(
    key,
    (async function* () {
      yield Buffer.alloc(70_064, 1);
    })(),
  );
  await askCheck(w.db, w.clock, other.callId, w.officer);
  await mover.runOne('verify');
  const [check] = await listChecks(w.db, other.callId);
  expect(check?.verdict?.faults).toMatchObject([{ file: 'inmate-audio.webm', fault: 'altered', block: 0 }]);
  await deleteRecording(w.db, w.clock, other.callId, { cause: 'officer', reason: '到期', actor: w.officer });
  await mover.runOne('remove');
  expect(await stores.hot.stat(key)).toBeUndefined();
});
