import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallId, PrisonId, RtpAddress } from '@qinqiao/contracts';
import { findRecording } from '@qinqiao/domain/recordings';
import { MANIFEST, type Manifest } from '@qinqiao/recorder';
import {
  type Clip,
  finalise,
  newTrack,
  openTakeKeys,
  type ReplayTarget,
  replay,
  type SourceFrame,
  send,
  TEST_SECRET,
} from '@qinqiao/recorder/testing';
import { openDatabase, openSoftwareCrypto } from '@qinqiao/server-kit';
import type { OrderCounts } from '@qinqiao/server-kit/rtp';
import { rounded, rssMb, since, usageOf } from './usage.ts';

/**
 * What a recorder costs while calls go on: two parties per call, each with Opus and a picture at 25 per second, sent in real time by
 * this process to a recorder in one of its own.
 */
export async function benchLive(clip: Clip, calls: number, seconds: number) {
  const folder = mkdtempSync(join(tmpdir(), 'qinqiao-recorder-cost-'));
  const dataDir = join(folder, 'data');
  const child = fork(join(import.meta.dirname, '../../recorder/testing/recorder-process.ts'), [dataDir], { execArgv: [] });
  try {
    await once(child, 'message');
    return await measure(child, { dataDir, clip, calls, seconds });
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
}

interface Plan {
  dataDir: string;
  clip: Clip;
  calls: number;
  seconds: number;
}

async function measure(child: ChildProcess, { dataDir, clip, calls, seconds }: Plan) {
  const pid = child.pid ?? 0;
  const epochMs = Date.now() + 2000;
  const epoch = new Date(epochMs).toISOString();
  const frames = { audio: loop(clip.audio, clip.seconds, seconds), video: loop(clip.video, clip.seconds, seconds) };
  const parties = (['inmate', 'family'] as const).flatMap((role) => [
    send({ track: newTrack(role, 'opus'), frames: frames.audio, fromS: 0 }, {}, epochMs),
    send({ track: newTrack(role, clip.codec), frames: frames.video, fromS: 0 }, {}, epochMs),
  ]);
  const ids = Array.from({ length: calls }, (_, i) => `call-${i}` as CallId);
  const targets: ReplayTarget[] = [];
  for (const callId of ids) {
    const address = (await ask(child, 'recording:open', { callId, prisonId: 'p' as PrisonId, epoch })) as RtpAddress;
    for (const { track } of parties) await ask(child, 'recording:track', { ...track, callId });
    const onReport: ReplayTarget['onReport'] = (report) =>
      void child.send({ id: -1, name: 'recording:senderReport', input: { ...report, callId } });
    targets.push({ address, onReport });
  }
  await sleep(epochMs - Date.now());
  const before = usageOf(pid);
  await Promise.all(targets.map((target) => replay(parties, target)));
  const used = since(before, usageOf(pid));
  const memoryMb = rssMb(pid);
  for (const callId of ids) await ask(child, 'recording:close', { callId });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const packets = await countPackets(dataDir, ids);
  const cpuS = used.own / ((calls * seconds) / 60);
  return {
    calls,
    seconds,
    packetsPerCallSecond: Math.round(packets.reduce((sum, { received }) => sum + received, 0) / calls / seconds),
    packetsLost: packets.reduce((sum, { lost }) => sum + lost, 0),
    cpuSPerCallMinute: rounded(cpuS),
    callsPerCore: Math.floor(60 / cpuS),
    megabytesPerSAndCall: rounded(used.written / 1e6 / seconds / calls),
    memoryMb,
  };
}

/** The source's frames, over and over until the call's end. */
function loop(frames: readonly SourceFrame[], clipSeconds: number, seconds: number): SourceFrame[] {
  const rounds = Math.ceil(seconds / clipSeconds);
  const all = Array.from({ length: rounds }, (_, round) =>
    frames.map((frame) => ({ ...frame, ms: frame.ms + round * clipSeconds * 1000 })),
  );
  return all.flat().filter((frame) => frame.ms < seconds * 1000);
}

async function ask(recorder: ChildProcess, name: string, input: unknown): Promise<unknown> {
  const answer = once(recorder, 'message');
  recorder.send({ id: 1, name, input });
  const [got] = (await answer) as [{ data: unknown } | { error: string }];
  if ('error' in got) throw new Error(got.error);
  return got.data;
}

/** What was received of the calls' tracks, by the participants' files; the combined ones are not made. */
async function countPackets(dataDir: string, ids: readonly CallId[]): Promise<OrderCounts[]> {
  const db = openDatabase({ dataDir });
  const crypto = openSoftwareCrypto({ dataDir, secret: TEST_SECRET });
  const counts: OrderCounts[] = [];
  for (const callId of ids) {
    const { folder: name = '', epoch = '' } = (await findRecording(db, callId)) ?? {};
    const folder = join(dataDir, name);
    const keys = await openTakeKeys(crypto, callId, folder);
    await finalise({ callId, epoch, folder, keys, endedAt: null, software: 'bench', ffmpegPath: '/nowhere' });
    const { tracks } = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest;
    counts.push(...tracks.map(({ packets }) => packets));
  }
  await db.destroy();
  return counts;
}
