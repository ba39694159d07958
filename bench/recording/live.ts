import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallId, PrisonId, RtpAddress } from '@qinqiao/contracts';
import { findRecording } from '@qinqiao/domain/recordings';
import type { Manifest } from '@qinqiao/recorder';
import { type Clip, newTrack, type ReplayTarget, replay, type SourceFrame, send } from '@qinqiao/recorder/testing';
import { openDatabase } from '@qinqiao/server-kit';
import { rounded, rssMb, since, usageOf } from './usage.ts';

/**
 * What a recorder costs while calls go on: two parties per call, each with Opus and a picture at 25 per second, sent in real time by
 * this process to a recorder in one of its own.
 */
export async function benchLive(clip: Clip, calls: number, seconds: number) {
  const folder = mkdtempSync(join(tmpdir(), 'qinqiao-recorder-cost-'));
  const dataDir = join(folder, 'data');
  // Without ffmpeg's work: only what is live is measured here.
  const child = fork(join(import.meta.dirname, '../../recorder/testing/recorder-process.ts'), [dataDir, '/nowhere'], { execArgv: [] });
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
  const packets = (await splitFiles(dataDir, ids)).flatMap((manifest) => manifest.tracks.map((track) => track.packets));
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

/** Waits for the participants' files; the combined one is not made. */
async function splitFiles(dataDir: string, ids: readonly CallId[]): Promise<Manifest[]> {
  const db = openDatabase({ dataDir });
  const manifests: Manifest[] = [];
  for (const id of ids) {
    let recording = await findRecording(db, id);
    while (recording?.state === 'processing') {
      await sleep(200);
      recording = await findRecording(db, id);
    }
    manifests.push(JSON.parse(readFileSync(join(dataDir, recording?.folder ?? '', 'manifest.json'), 'utf8')) as Manifest);
  }
  await db.destroy();
  return manifests;
}
