import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MEDIA_CODECS, tapCapabilities } from '@qinqiao/sfu';
import { createWorker } from 'mediasoup';
import type { Producer, Router, Worker } from 'mediasoup/types';
import { cpuSeconds } from '../../e2e/support/processes.ts';
import { progress, sleep } from '../stage.ts';
import { quantile } from '../statistics.ts';
import type { GeneratorReport, PartyOrder } from './generator.ts';
import { startProbe } from './probe.ts';
import { SRTP_KEY_BYTES, SRTP_SUITE } from './srtp.ts';

const STEPS = [10, 25, 50, 75, 100, 125, 150, 175, 200];
const DWELL_S = 8;
const LATENCY_LIMIT_MS = 20;
const listenInfo = { protocol: 'udp' as const, ip: '127.0.0.1' };
let nextSsrc = 10_000;

/**
 * Full calls without browsers through one media worker on one core: each has two SRTP parties (Opus 32 kbit/s, VP8 470 kbit/s) that receive each other, an
 * officer who receives both, a recorder's tap of all four tracks and a bridge's tap of both voices. Answers how many calls the worker carries
 * with a p95 forwarding latency under 20 ms, what each costs, and what memory it takes.
 */
export async function benchLoad() {
  const worker = await createWorker({ logLevel: 'none', ...workerBin() });
  const generator = startScript('generator.ts');
  const sink = startScript('sink.ts');
  pin(worker.pid, 0);
  for (const pid of [process.pid, generator.pid, sink.pid]) pin(pid ?? 0, 1);
  const [line] = (await once(createInterface({ input: sink.stdout }), 'line')) as [string];
  let report: GeneratorReport = { parties: 0, packets: 0, late: 0 };
  createInterface({ input: generator.stdout }).on('line', (text) => {
    report = JSON.parse(text) as GeneratorReport;
  });
  const probe = await startProbe(await newRouter(worker));
  const emptyKb = residentKb(worker.pid);
  const steps = [];
  let calls = 0;
  for (const target of STEPS) {
    for (; calls < target; calls++)
      for (const order of await openCall(worker, Number(line))) generator.stdin.write(`${JSON.stringify(order)}\n`);
    await sleep(2500);
    probe.take();
    const [cpu, started] = [cpuSeconds(worker.pid), performance.now()];
    await sleep(DWELL_S * 1000);
    const seconds = (performance.now() - started) / 1000;
    const used = cpuSeconds(worker.pid) - cpu;
    const { sent, latenciesMs } = probe.take();
    const step = {
      calls,
      coreShare: round(used / seconds),
      cpuSecondsPerCallMinute: round((used / seconds / calls) * 60),
      latencyMs: {
        median: round(quantile(latenciesMs, 0.5)),
        p95: round(quantile(latenciesMs, 0.95)),
        p99: round(quantile(latenciesMs, 0.99)),
      },
      probeReceived: round(latenciesMs.length / sent),
      generatorLatePerS: report.late,
      memoryKbPerCall: Math.round((residentKb(worker.pid) - emptyKb) / calls),
    };
    steps.push(step);
    progress(JSON.stringify(step));
    if (step.latencyMs.p95 >= LATENCY_LIMIT_MS || step.probeReceived < 0.98) break;
  }
  probe.stop();
  for (const child of [generator, sink]) child.kill('SIGKILL');
  worker.close();
  const good = steps.filter((step) => step.latencyMs.p95 < LATENCY_LIMIT_MS && step.probeReceived >= 0.98);
  return { callsPerCore: good.at(-1)?.calls ?? 0, reachedLimit: good.length < steps.length, steps };
}

const round = (value: number) => Math.round(value * 1000) / 1000;
const workerBin = () => (process.env['MEDIASOUP_WORKER_BIN'] ? { workerBin: process.env['MEDIASOUP_WORKER_BIN'] } : {});
const newRouter = (worker: Worker): Promise<Router> => worker.createRouter({ mediaCodecs: MEDIA_CODECS });

function startScript(name: string): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, name)]);
  child.stderr.pipe(process.stderr);
  return child;
}

function pin(pid: number, core: number): void {
  spawnSync('taskset', ['-apc', String(core), String(pid)]);
}

const residentKb = (pid: number) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
const newMaster = () => randomBytes(SRTP_KEY_BYTES).toString('base64');

async function openCall(worker: Worker, sinkPort: number): Promise<PartyOrder[]> {
  const router = await newRouter(worker);
  const [a, b] = [await openParty(router), await openParty(router)];
  const legs: { producers: Producer[]; encrypted: boolean }[] = [
    { producers: a.producers, encrypted: true },
    { producers: b.producers, encrypted: true },
    { producers: [...a.producers, ...b.producers], encrypted: true },
    { producers: [...a.producers, ...b.producers], encrypted: false },
    { producers: [...a.producers, ...b.producers].filter((producer) => producer.kind === 'audio'), encrypted: false },
  ];
  for (const leg of legs) await openLeg(router, leg, sinkPort);
  return [a.order, b.order];
}

async function openParty(router: Router): Promise<{ order: PartyOrder; producers: Producer[] }> {
  const transport = await router.createPlainTransport({
    listenInfo,
    rtcpMux: true,
    comedia: true,
    enableSrtp: true,
    srtpCryptoSuite: SRTP_SUITE,
  });
  const master = newMaster();
  await transport.connect({ srtpParameters: { cryptoSuite: SRTP_SUITE, keyBase64: master } });
  const [audioSsrc, videoSsrc] = [nextSsrc++, nextSsrc++];
  const produce = (kind: 'audio' | 'video', ssrc: number) => {
    const codec =
      kind === 'audio'
        ? { mimeType: 'audio/opus', payloadType: 100, clockRate: 48000, channels: 2 }
        : { mimeType: 'video/VP8', payloadType: 101, clockRate: 90000 };
    return transport.produce({ kind, rtpParameters: { codecs: [codec], encodings: [{ ssrc }], rtcp: { cname: `party-${audioSsrc}` } } });
  };
  const producers = [await produce('audio', audioSsrc), await produce('video', videoSsrc)];
  return { order: { port: transport.tuple.localPort, audioSsrc, videoSsrc, master }, producers };
}

async function openLeg(
  router: Router,
  { producers, encrypted }: { producers: Producer[]; encrypted: boolean },
  port: number,
): Promise<void> {
  const secured = encrypted ? ({ enableSrtp: true, srtpCryptoSuite: SRTP_SUITE } as const) : {};
  const transport = await router.createPlainTransport({ listenInfo, rtcpMux: true, comedia: false, ...secured });
  const key = encrypted ? { srtpParameters: { cryptoSuite: SRTP_SUITE, keyBase64: newMaster() } as const } : {};
  await transport.connect({ ip: '127.0.0.1', port, ...key });
  const rtpCapabilities = tapCapabilities(router.rtpCapabilities);
  for (const producer of producers) await transport.consume({ producerId: producer.id, rtpCapabilities });
}
