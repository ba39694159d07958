import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { speakTrial, TRIAL_SENTENCES, TRIAL_VOICES } from '@qinqiao/asr-bridge/testing';
import { say, seenAt } from '../e2e/support/observe.ts';
import { enterFirstCall, openStage, progress, sleep } from './stage.ts';
import { summary } from './statistics.ts';

const SENSITIVE = ['越狱', '自杀', '毒品', '翻供', '转账', '打架', '手机', '报复'];

/**
 * From the end of a sensitive word as the page sent it to its appearance on the officer's page, milliseconds; every sentence in every
 * voice. Negative where the trial engine, whose vocabulary is closed, knows the word before its end.
 */
export async function benchAlerts() {
  const scratch = mkdtempSync(join(tmpdir(), 'qinqiao-bench-'));
  await using stage = await openStage();
  try {
    await enterFirstCall(stage);
    await sleep(2000);
    const latencies: number[] = [];
    let missed = 0;
    for (const voice of TRIAL_VOICES) {
      for (const [index, words] of TRIAL_SENTENCES.entries()) {
        const alert = words.find((word) => SENSITIVE.includes(word));
        if (!alert) continue;
        const file = join(scratch, `${voice}-${index}.wav`);
        const spoken = await speakTrial(words, voice, file);
        const speaker = index % 2 === 0 ? stage.actors.inmate : stage.actors.family;
        const started = await say(speaker.page, readFileSync(file).toString('base64'));
        const wordEnd = started + (spoken.words.find((one) => one.word === alert)?.endMs ?? Number.NaN);
        const seen = await seenAt(stage.actors.officer.page, 'alert-item', alert, started, spoken.durationMs + 4000).catch(() => null);
        if (seen === null) missed++;
        else latencies.push(seen - wordEnd);
        progress(`${voice} ${words.join('')}: ${seen === null ? 'missed' : `${(seen - wordEnd).toFixed(0)} ms`}`);
        await sleep(Math.max(0, started + spoken.durationMs + 700 - Date.now()));
      }
    }
    return { alertMs: summary(latencies), missed };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
