import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureSync } from '@qinqiao/recorder/testing';
import { FLASHES } from '../e2e/demo/measure.ts';
import { clap } from '../e2e/support/observe.ts';
import { untilRecorded } from '../e2e/support/officer-api.ts';
import { cpuSeconds, descendants } from '../e2e/support/processes.ts';
import { enterFirstCall, openStage, progress, type Stage, sleep } from './stage.ts';
import { summary } from './statistics.ts';

const SECONDS = 180;

/**
 * A call of three minutes whose pictures flash and beep every second. Sync: sound minus picture in the recorded files, milliseconds.
 * Cost: CPU seconds per minute of the call, by process; each service runs in one of its own.
 */
export async function benchSyncAndCost() {
  await using stage = await openStage({ split: true });
  const scratch = mkdtempSync(join(tmpdir(), 'qinqiao-bench-'));
  try {
    const callId = await enterFirstCall(stage);
    await sleep(3000);
    for (const { page } of [stage.actors.inmate, stage.actors.family]) await clap(page, SECONDS);
    const before = cpu(stage);
    progress(`${SECONDS} s of flashes and beeps`);
    await sleep(SECONDS * 1000);
    const after = cpu(stage);
    await sleep(1500);
    const perCallMinute = Object.fromEntries(Object.entries(after).map(([name, used]) => [name, perMinute(used - (before[name] ?? 0))]));
    const { screen } = stage.actors.officer;
    await screen.prepareCutOff('bench');
    await screen.confirmCutOff();
    const afterCall = cpu(stage)['recorder'] ?? 0;
    const recording = await untilRecorded(stage.api, callId, 300_000);
    const finishing = perMinute((cpu(stage)['recorder'] ?? 0) - afterCall);
    const syncMs: Record<string, ReturnType<typeof summary>> = {};
    for (const party of ['inmate', 'family'] as const) {
      const fetched: Record<string, string> = {};
      for (const file of recording.files.filter((one) => one.participant === party)) {
        const path = join(scratch, file.name);
        writeFileSync(path, Buffer.from(await (await fetch(stage.installation.url + file.url)).arrayBuffer()));
        fetched[file.kind] = path;
      }
      const measured = await measureSync(fetched['video'] ?? '', { audioFile: fetched['audio'] ?? '', ...FLASHES[party] });
      syncMs[party] = summary(measured.offsetsMs);
    }
    return { syncMs, cpuSecondsPerCallMinute: { ...perCallMinute, recorderFinishing: finishing } };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const perMinute = (seconds: number) => Math.round((seconds / SECONDS) * 60 * 1000) / 1000;

function cpu({ installation }: Stage): Record<string, number> {
  const web = installation.pid('web-with-demo-data');
  const bridge = installation.pid('asr-bridge');
  const all = (pids: number[]) => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  return {
    mediaWorkers: all(descendants(web, 'mediasoup-worker')),
    webAndSignaling: cpuSeconds(web),
    recorder: cpuSeconds(installation.pid('recorder')),
    speechBridge: cpuSeconds(bridge),
    trialEngines: all(descendants(bridge, 'trial-engine')),
  };
}
