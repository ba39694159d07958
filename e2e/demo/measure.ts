import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { RecordingView } from '@qinqiao/contracts';
import { measureSync } from '@qinqiao/recorder/testing';

/** What the demo measured, as `--json` writes it. Times in milliseconds unless named otherwise. */
export interface Measured {
  /** From the tap that joined last to the first decoded frame of the other, on each side. */
  setupMs: { family: number; inmate: number };
  framesDecoded: { family: number; inmate: number; officer: number };
  /** From the end of the word as it was sent to its appearance on the officer's page. */
  alerts: { word: string; speaker: string; latencyMs: number }[];
  /** What the officer was warned of when a second person came, and how long after. */
  stranger: { kind: string; warnedMs: number };
  interjectHeardBy: string[];
  /** From the officer's click to the last frame decoded on either side; negative when it came before. */
  cutOffMs: number;
  recording: {
    folder: string;
    /** Of the recorded flashes and beeps of the family: the one farthest apart. */
    syncErrorMs: number;
    /** The same of the inmate, whose picture is masked, beyond what its low frame rate explains: all services and three browsers share one processor here. */
    maskedSyncErrorMs: number;
    files: { path: string; participant: string; kind: 'audio' | 'video' | 'combined'; codec: string; durationS: number }[];
  };
}

export function assertTrue(truth: boolean, otherwise: string): asserts truth {
  if (!truth) throw new Error(`It did not happen: ${otherwise}`);
}

const MOST_APART_MS = { inmate: 250, family: 40 };
/** Of the masked picture, beyond what its frame rate explains: what masking takes changes on a busy machine, and its frames' times follow within seconds. */
const MOST_BEYOND_FRAMES_MS = 150;
/** The inmate's background is masked: what flashes is a card before his chest. */
export const FLASHES = { inmate: { crop: { x: 0.44, y: 0.78, width: 0.12, height: 0.14 } }, family: {} };

/** Looks at the files with ffprobe and at the flashes and beeps in them. Throws when one is missing or cannot be played. */
export async function measureRecording(view: RecordingView, folder: string): Promise<Measured['recording']> {
  const nameOf = (participant: string, kind: string) => {
    const file = view.files.find((one) => one.participant === participant && one.kind === kind);
    assertTrue(file !== undefined, `no ${kind} file of the ${participant}`);
    return file.name;
  };
  const worstMs = { inmate: 0, family: 0 };
  for (const party of ['inmate', 'family'] as const) {
    const audioFile = join(folder, nameOf(party, 'audio'));
    const sync = await measureSync(join(folder, nameOf(party, 'video')), { audioFile, ...FLASHES[party] });
    const { offsetsMs, beyondFramesMs, flashesS, beepsS } = sync;
    const found = `flashes at ${flashesS.join(', ')} s, beeps at ${beepsS.join(', ')} s`;
    assertTrue(offsetsMs.length >= 3, `only ${offsetsMs.length} flashes with their beeps in the files of the ${party} (${found})`);
    assertTrue(Math.abs(sync.worstMs) <= MOST_APART_MS[party], `sound and picture of the ${party} are ${sync.worstMs} ms apart (${found})`);
    worstMs[party] = party === 'inmate' ? Math.max(...beyondFramesMs.map(Math.abs)) : Math.abs(sync.worstMs);
  }
  assertTrue(
    worstMs.inmate <= MOST_BEYOND_FRAMES_MS,
    `the inmate’s picture is ${worstMs.inmate} ms beside the voice, beyond its frame rate`,
  );
  nameOf('officer', 'audio');
  assertTrue(
    view.files.some((file) => file.kind === 'combined'),
    'no combined file',
  );
  const files = view.files.flatMap(({ name, participant, kind, codec }) => {
    if (kind === 'thumbnails' || kind === 'peaks' || kind === 'original') return [];
    const path = join(folder, name);
    return [{ path, participant, kind, codec, durationS: Math.round(playableSeconds(path) * 100) / 100 }];
  });
  for (const file of files) assertTrue(file.durationS > 1, `${file.path} cannot be played`);
  const rounded = (ms: number) => Math.round(ms * 10) / 10;
  return { folder, syncErrorMs: rounded(worstMs.family), maskedSyncErrorMs: rounded(worstMs.inmate), files };
}

function playableSeconds(file: string): number {
  const answer = execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file], { encoding: 'utf8' });
  return Number.parseFloat(answer);
}
