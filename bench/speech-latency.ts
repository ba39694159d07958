// How long after a sensitive word's end its alert reaches signaling, and what that costs.
//   node bench/speech-latency.ts [--streams 4] [--rounds 2] [--level 2]
// Real speech of the spoken test language, in real time as Opus over RTP, through a bridge in a process of its own with the trial engine.
// Prints JSON. The CPU times hold for the trial engine only; the bridge's own share holds for every engine.
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ParticipantId, TrackId } from '@qinqiao/contracts';
import { sendOpus, type SpokenWord, speakTrialSentences, TRIAL_SENTENCES, TRIAL_VOICES, trialProgram } from '@qinqiao/asr-bridge/testing';
import { type Fixture, openFixture } from '@qinqiao/asr-bridge/testing/fixture';
import { TestCall } from '@qinqiao/asr-bridge/testing/link-server';
import { addWord } from '@qinqiao/domain/words';

const SENSITIVE = new Set(['越狱', '自杀', '毒品', '翻供', '转账', '打架', '手机', '报复']);
/** An alert belongs to a spoken word that ended so near to it. */
const NEAR_MS = 600;
const TICKS_PER_SECOND = 100;

const { values } = parseArgs({
  options: { streams: { type: 'string', default: '4' }, rounds: { type: 'string', default: '2' }, level: { type: 'string', default: '2' } },
});
const [streams, rounds, level] = [Number(values.streams), Number(values.rounds), Number(values.level)];

interface Utterance {
  participantId: string;
  /** Epoch ms at which each sensitive word ended. */
  words: { word: string; endedAt: number }[];
}

async function speak(fixture: Fixture, call: TestCall, index: number): Promise<Utterance> {
  const file = join(fixture.folder, `speaker-${index}.wav`);
  const voice = TRIAL_VOICES[index % TRIAL_VOICES.length] ?? 'slt';
  const sentences = Array.from({ length: rounds }, () => TRIAL_SENTENCES.toSpliced(0, index % 5)).flat();
  const { words } = await speakTrialSentences(sentences, voice, file, { leadMs: 500 + index * 130 });
  const participantId = `speaker-${index}` as ParticipantId;
  await call.track('inmate', index + 1, { trackId: `track-${index}` as TrackId, participantId });
  const sender = await sendOpus(file, call.address, { ssrc: index + 1 });
  await sender.ended;
  const sensitive = words.filter(({ word }: SpokenWord) => SENSITIVE.has(word));
  return { participantId, words: sensitive.map(({ word, endMs }) => ({ word, endedAt: sender.origin + endMs })) };
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function children(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(parent);
    } catch {
      return false;
    }
  });
}

const percentile = (sorted: number[], share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;

async function spawnBridge(fixture: Fixture): Promise<ChildProcess & { pid: number }> {
  const script = fileURLToPath(import.meta.resolve('@qinqiao/asr-bridge/testing/run-bridge'));
  const env = {
    ...process.env,
    QINQIAO_DATA: fixture.folder,
    QINQIAO_LINK_URL: fixture.link.url,
    QINQIAO_TRIAL_ENGINE: await trialProgram(),
  };
  const child = spawn(process.execPath, ['--no-warnings', script], { env: { ...env, QINQIAO_LOG_LEVEL: 'error' }, stdio: 'inherit' });
  return child as ChildProcess & { pid: number };
}

function compare(utterances: Utterance[], fixture: Fixture, epoch: Date) {
  const alerts = fixture.link.heard.filter((event) => event.name === 'speech:alert');
  const latencies: number[] = [];
  const counts = { spoken: 0, missed: 0, duplicates: 0, falseAlarms: 0, unconfirmed: 0 };
  const used = new Set<string>();
  for (const { participantId, words } of utterances) {
    for (const { word, endedAt } of words) {
      counts.spoken++;
      const own = alerts.filter(({ payload }) => payload.participantId === participantId && payload.word === word);
      const matching = own.filter(({ payload }) => Math.abs(epoch.getTime() + payload.atMs - endedAt) < NEAR_MS);
      const first = matching[0];
      for (const { payload } of matching) used.add(payload.id);
      if (first) latencies.push(first.at - endedAt);
      else counts.missed++;
      if (new Set(matching.map(({ payload }) => payload.id)).size > 1) counts.duplicates++;
    }
  }
  counts.falseAlarms = new Set(alerts.map(({ payload }) => payload.id).filter((id) => !used.has(id))).size;
  counts.unconfirmed = alerts.filter(({ payload }) => payload.state === 'unconfirmed').length;
  latencies.sort((a, b) => a - b);
  return { ...counts, latencyMs: { p50: percentile(latencies, 0.5), p95: percentile(latencies, 0.95), max: latencies.at(-1) ?? null } };
}

async function main(): Promise<void> {
  await using fixture = await openFixture();
  for (const word of SENSITIVE) await addWord(fixture.db, { word, level, note: '' });
  const bridge = await spawnBridge(fixture);
  try {
    const epoch = new Date();
    const call = await TestCall.open(fixture.link, 'bench', epoch);
    const before = cpuSeconds(bridge.pid);
    const startedAt = Date.now();
    const utterances = await Promise.all(Array.from({ length: streams }, (_, index) => speak(fixture, call, index)));
    const seconds = (Date.now() - startedAt) / 1000;
    const engines = children(bridge.pid).reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    const own = cpuSeconds(bridge.pid) - before;
    await call.close();
    const perStreamMinute = (cpu: number) => Number(((cpu / seconds / streams) * 60).toFixed(2));
    const cpu = { bridge: perStreamMinute(own), trialEngine: perStreamMinute(engines) };
    console.log(
      JSON.stringify(
        { streams, seconds: Math.round(seconds), level, alerts: compare(utterances, fixture, epoch), cpuSecondsPerStreamMinute: cpu },
        null,
        2,
      ),
    );
  } finally {
    bridge.kill('SIGTERM');
  }
}

await main();
