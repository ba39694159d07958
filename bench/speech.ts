import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { type Fixture, openFixture } from '@qinqiao/asr-bridge/testing/fixture';
import { FunasrPeer } from '@qinqiao/asr-bridge/testing/funasr-peer';
import { type Clip, clipMs, makeClip, Talkers, wordEnds } from './speech/talkers.ts';
import { progress } from './stage.ts';
import { summary } from './statistics.ts';

const TEXT = '他们要手机。要越狱。他们好。';
/** 手机 is heard rightly at once; 越 is misheard until the sentence is final. */
const WORDS = ['手机', '越狱'];
const STREAMS = 120;
/** An alert belongs to a word that ended so near to where it says. */
const NEAR_MS = 1500;
/** FunASR's chunk [5,10,5] ends 300 ms before what its model has to have heard: measured latency p50 0.60 s, at most 0.90 s. */
const LOOK_AHEAD_MS = 300;
const OUTAGE_MS = 8000;

interface Stats {
  cpuSeconds: number;
  memoryMb: number;
  eventLoopMs: { p50: number; p99: number; max: number };
}

/**
 * The speech bridge in a process of its own: 120 speakers at once, without and with an engine that goes away for 8 s, and how long after a word's end its
 * alert reaches signaling, with an engine that speaks FunASR's protocol at its pace and with the trial engine. `--seconds 60`, `--streams 120`,
 * `--without-trial`.
 */
export async function benchSpeech() {
  const options = { seconds: { type: 'string' }, streams: { type: 'string' }, 'without-trial': { type: 'boolean' } } as const;
  const { values } = parseArgs({ options, allowPositionals: true, strict: false });
  const seconds = Number(values['seconds'] ?? 60);
  const streams = Number(values['streams'] ?? STREAMS);
  const loadBefore = loadavg().map((value) => Math.round(value * 10) / 10);
  const live = await run({ streams, seconds, outage: false });
  progress(JSON.stringify(live));
  const outage = await run({ streams, seconds: Math.max(seconds, 30), outage: true });
  progress(JSON.stringify(outage));
  const trial = values['without-trial'] ? null : await trialLatency();
  return { machineLoadBefore: loadBefore, live, outage: { ms: OUTAGE_MS, ...outage }, trial };
}

async function run({ streams, seconds, outage }: { streams: number; seconds: number; outage: boolean }) {
  await using fixture = await openFixture(WORDS);
  await using peer = await FunasrPeer.open('cpp', { lookAheadMs: LOOK_AHEAD_MS });
  const bridge = await startBridge(fixture, peer.url);
  try {
    const clip = await makeClip(TEXT, fixture.folder);
    progress(`${streams} speakers, clip of ${clipMs(clip)} ms`);
    const talkers = await Talkers.open(fixture.link, clip, streams);
    await bridge.ask('begin');
    const before = await bridge.stats();
    const startedAt = performance.now();
    const speaking = talkers.speak(seconds);
    if (outage) await interrupt(peer, (clipMs(clip) * 1.5) % 12_000);
    await speaking;
    const wallSeconds = (performance.now() - startedAt) / 1000;
    const after = await bridge.stats();
    await sleep(2500);
    await Promise.all(talkers.calls.map((call) => call.close()));
    await sleep(500);
    return {
      streams,
      seconds: Math.round(wallSeconds),
      cpuShareOfACore: Math.round(((after.cpuSeconds - before.cpuSeconds) / wallSeconds) * 1000) / 1000,
      memoryMb: after.memoryMb,
      eventLoopMs: after.eventLoopMs,
      ...textOf(fixture, clip, talkers),
      ...alertsOf(fixture, clip, talkers),
    };
  } finally {
    bridge.stop();
  }
}

async function interrupt(peer: FunasrPeer, afterMs: number): Promise<void> {
  await sleep(afterMs);
  progress('the engine goes');
  peer.down();
  await sleep(OUTAGE_MS);
  await peer.up();
  progress('the engine is back');
}

async function startBridge(fixture: Fixture, url: string) {
  const script = fileURLToPath(new URL('speech/bridge-process.ts', import.meta.url));
  const env = {
    ...process.env,
    QINQIAO_DATA: fixture.folder,
    QINQIAO_LINK_URL: fixture.link.url,
    QINQIAO_SPEECH_ENGINE: 'funasr',
    QINQIAO_FUNASR_URL: url,
    QINQIAO_LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, ['--no-warnings', script], { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const stats = async (): Promise<Stats> => {
    const answer = once(child, 'message');
    child.send('stats');
    return ((await answer) as [Stats])[0];
  };
  return { stats, ask: async (wish: 'begin') => child.send(wish), stop: () => child.kill('SIGTERM') };
}

/** Whether every sentence stands in the transcript once, and what is marked as not heard. */
function textOf({ link }: Fixture, clip: Clip, { talkers }: Talkers) {
  const finals = link.all('speech:segment').filter(({ final, mark }) => final && mark === undefined);
  const gaps = new Map(link.all('speech:segment').flatMap((segment) => (segment.mark === 'gap' ? [[segment.id, segment]] : [])));
  let [spoken, recognised, surplus] = [0, 0, 0];
  for (const { participantId, rounds } of talkers) {
    const said = new Map<string, string>();
    for (const segment of finals) if (segment.participantId === participantId) said.set(segment.id, segment.text.replaceAll('。', ''));
    for (const sentence of clip.sentences) {
      const wanted = rounds;
      const found = [...said.values()].filter((text) => text === sentence).length;
      spoken += wanted;
      recognised += Math.min(wanted, found);
      surplus += Math.max(0, found - wanted);
    }
  }
  const gapMs = [...gaps.values()].reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
  return { sentences: { spoken, recognised, surplus }, gaps: { count: gaps.size, framesLost: Math.round(gapMs / 20) } };
}

/** How long after a word's end its alert came, and whether any event has two. Where a word ended is taken from the alert as it was told last. */
function alertsOf({ link }: Fixture, clip: Clip, { talkers, calls }: Talkers) {
  const byId = new Map<string, { at: number; payload: { participantId: string; word: string; atMs: number; state: string } }>();
  for (const event of link.heard) {
    if (event.name === 'speech:alert')
      byId.set(event.payload.id, { at: byId.get(event.payload.id)?.at ?? event.at, payload: event.payload });
  }
  const standing = [...byId.values()].filter(({ payload }) => payload.state !== 'unconfirmed');
  const latencies: Record<string, number[]> = {};
  let [missed, doubled] = [0, 0];
  for (const [index, { participantId, startedAt, rounds }] of talkers.entries()) {
    const epoch = calls[Math.floor(index / 2)]?.epoch.getTime() ?? 0;
    const own = standing.filter(({ payload }) => payload.participantId === participantId);
    for (const word of WORDS) {
      const ends = wordEnds(clip, word).flatMap((end) => Array.from({ length: rounds }, (_, round) => round * clipMs(clip) + end));
      for (const end of ends) {
        const endedAt = (startedAt ?? 0) + end;
        const mine = own.filter(({ payload }) => payload.word === word && Math.abs(epoch + payload.atMs - endedAt) < NEAR_MS);
        if (mine.length === 0) missed++;
        else (latencies[word] ??= []).push(Math.min(...mine.map(({ at }) => at)) - endedAt);
        doubled += Math.max(0, mine.length - 1);
      }
    }
  }
  const alertLatencyMs = Object.fromEntries(Object.entries(latencies).map(([word, all]) => [word, summary(all)]));
  return { alertLatencyMs, missed, doubled, unconfirmed: byId.size - standing.length };
}

/** Four voices of the spoken test language through the trial engine. */
async function trialLatency(): Promise<unknown> {
  const script = fileURLToPath(new URL('speech-latency.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', script, '--streams', '4', '--rounds', '1']);
  return JSON.parse(stdout) as unknown;
}
