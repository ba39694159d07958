import { parseArgs } from 'node:util';
import { makeClip, readClip } from '@qinqiao/recorder/testing';
import { benchFiles } from './recording/files.ts';
import { benchLive } from './recording/live.ts';
import { measureDevice } from './recording/sync.ts';
import { progress } from './stage.ts';

const LOSSES = [0, 0.02, 0.05, 0.1];
const NETWORK = { jitterMs: 60, duplicates: 0.02, transitMs: 40 };

/**
 * Recording. live: CPU and megabytes per minute of calls that go on · files: how fast the participants' and the combined files of a
 * generated call are made · drift: two hours with a clock 200 ppm fast · loss: packets lost, reordered and doubled.
 *
 *   npm run bench -- recording [--calls 8] [--seconds 60] [--minutes 60] [--clip FILE] [--only live,files,drift,loss]
 *
 * `--clip`: a WebM of 20 s with VP8 and Opus in packets of 20 ms, instead of a test pattern.
 */
export async function benchRecording() {
  const text = { type: 'string' } as const;
  const options = { calls: text, seconds: text, minutes: text, clip: text, only: text };
  const { values } = parseArgs({ options, strict: false });
  const numberOf = (name: keyof typeof options, otherwise: number) => Number(values[name] ?? otherwise);
  const only = typeof values.only === 'string' ? values.only.split(',') : null;
  const wanted = (name: string) => only === null || only.includes(name);
  const file = typeof values.clip === 'string' ? values.clip : null;
  const clip = file === null ? await makeClip() : await readClip(file, { seconds: 20, codec: 'vp8' });
  const results: Record<string, object> = {};
  if (wanted('live')) {
    progress('calls that go on');
    results['live'] = await benchLive(clip, numberOf('calls', 8), numberOf('seconds', 60));
  }
  if (wanted('files')) results['files'] = await benchFiles(clip, numberOf('minutes', 60));
  if (wanted('drift')) {
    progress('two hours with a clock that is 200 ppm fast');
    results['drift'] = await measureDevice({ aheadMs: -7_200_000, fast: 200e-6, jitterMs: 60 }, 2);
  }
  if (wanted('loss')) {
    progress('packets that are lost, reordered and doubled');
    for (const loss of LOSSES) results[`loss ${100 * loss} %`] = await measureDevice({ ...NETWORK, loss }, 60 / 3600);
  }
  return results;
}
