import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CallId, PrisonId, RtpAddress } from '@qinqiao/contracts';
import { findRecording } from '@qinqiao/domain/recordings';
import type { Manifest } from '@qinqiao/recorder';
import { makeFlashBeep, newTrack, type ReplayTarget, readFrames, replay, type SourceFrame, send } from '@qinqiao/recorder/testing';
import { openDatabase } from '@qinqiao/server-kit';

/*
 * What a recorder costs: CPU seconds per call-minute while calls go on, and afterwards for their files. Two parties per call, each
 * with Opus and VP8 640×480 at 25 pictures per second, sent in real time by this process to a recorder in one of its own.
 *
 *   node bench/recorder-cost.ts [--calls 8] [--seconds 60]
 */
const { values } = parseArgs({ options: { calls: { type: 'string', default: '8' }, seconds: { type: 'string', default: '60' } } });
const CALLS = Number(values.calls);
const SECONDS = Number(values.seconds);
const CLOCK_TICKS_PER_S = 100;

const folder = mkdtempSync(join(tmpdir(), 'qinqiao-recorder-cost-'));
const dataDir = join(folder, 'data');
const child = fork(join(import.meta.dirname, '../recorder/testing/recorder-process.ts'), [dataDir], { execArgv: [] });
try {
  await once(child, 'message');
  console.log(JSON.stringify(await measure(), null, 2));
} finally {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
}

async function measure() {
  const source = join(folder, 'source.webm');
  await makeFlashBeep(source, { seconds: 20, codec: 'vp8', size: '640x480', keyEvery: 250 });
  const frames = { audio: loop(await readFrames(source, 'audio')), video: loop(await readFrames(source, 'video')) };
  const epochMs = Date.now() + 2000;
  const epoch = new Date(epochMs).toISOString();
  const parties = (['inmate', 'family'] as const).flatMap((role) => [
    send({ track: newTrack(role, 'opus'), frames: frames.audio, fromS: 0 }, {}, epochMs),
    send({ track: newTrack(role, 'vp8'), frames: frames.video, fromS: 0 }, {}, epochMs),
  ]);
  const ids = Array.from({ length: CALLS }, (_, i) => `call-${i}` as CallId);
  const targets: ReplayTarget[] = [];
  for (const callId of ids) {
    const address = (await ask(child, 'recording:open', { callId, prisonId: 'p' as PrisonId, epoch })) as RtpAddress;
    for (const { track } of parties) await ask(child, 'recording:track', { ...track, callId });
    const onReport: ReplayTarget['onReport'] = (report) =>
      void child.send({ id: -1, name: 'recording:senderReport', input: { ...report, callId } });
    targets.push({ address, onReport });
  }
  await sleep(epochMs - Date.now());
  const before = usage(child);
  await Promise.all(targets.map((target) => replay(parties, target)));
  const live = usage(child);
  const memoryMb = rssMb(child);
  const closedAt = performance.now();
  for (const callId of ids) await ask(child, 'recording:close', { callId });
  const manifests = await finished(ids);
  const wallS = (performance.now() - closedAt) / 1000;
  const done = usage(child);
  const callMinutes = (CALLS * SECONDS) / 60;
  const per = (cpuS: number) => Math.round((cpuS / callMinutes) * 1000) / 1000;
  const packets = manifests.flatMap((manifest) => manifest.tracks.map((track) => track.packets));
  return {
    calls: CALLS,
    seconds: SECONDS,
    packetsPerCallSecond: Math.round(packets.reduce((sum, { received }) => sum + received, 0) / CALLS / SECONDS),
    packetsLost: packets.reduce((sum, { lost }) => sum + lost, 0),
    live: { cpuSPerCallMinute: per(live.own - before.own), memoryMb },
    finalise: {
      splitCpuSPerCallMinute: per(done.own - live.own),
      combineCpuSPerCallMinute: per(done.children - live.children),
      wallSPerCallMinute: per(wallS),
    },
    megabytesPerCallMinute: per(manifests.flatMap((manifest) => manifest.files).reduce((sum, file) => sum + file.bytes, 0) / 1e6),
  };
}

/** The source's frames, over and over until the call's end. */
function loop(frames: SourceFrame[]): SourceFrame[] {
  const lengthMs = 20_000;
  const rounds = Math.ceil((SECONDS * 1000) / lengthMs);
  const all = Array.from({ length: rounds }, (_, round) => frames.map((frame) => ({ ...frame, ms: frame.ms + round * lengthMs })));
  return all.flat().filter((frame) => frame.ms < SECONDS * 1000);
}

async function ask(recorder: ChildProcess, name: string, input: unknown): Promise<unknown> {
  const answer = once(recorder, 'message');
  recorder.send({ id: 1, name, input });
  const [got] = (await answer) as [{ data: unknown } | { error: string }];
  if ('error' in got) throw new Error(got.error);
  return got.data;
}

async function finished(ids: CallId[]): Promise<Manifest[]> {
  const db = openDatabase({ dataDir });
  const manifests: Manifest[] = [];
  for (const id of ids) {
    let recording = await findRecording(db, id);
    while (recording?.state === 'processing') {
      await sleep(200);
      recording = await findRecording(db, id);
    }
    if (recording?.state !== 'ready') throw new Error(`${id} is ${recording?.state}: ${recording?.error}`);
    manifests.push(JSON.parse(readFileSync(join(dataDir, recording.folder, 'manifest.json'), 'utf8')) as Manifest);
  }
  await db.destroy();
  return manifests;
}

/** CPU seconds of a process with all its threads, and of the children it has waited for (Linux: proc(5)). */
function usage({ pid }: ChildProcess): { own: number; children: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').map(Number) ?? [];
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = fields.slice(11, 15);
  return { own: (user + system) / CLOCK_TICKS_PER_S, children: (childUser + childSystem) / CLOCK_TICKS_PER_S };
}

/** Memory a process holds, in MB. */
function rssMb({ pid }: ChildProcess): number {
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024);
}
