import type { RecordingFile } from '@qinqiao/contracts';

/** How loud each speaker is. */
export type Mix = Readonly<Record<string, { volume: number; muted: boolean }>>;
const PLAIN = { volume: 1, muted: false };

export const levelOf = (mix: Mix, participant: string) => mix[participant] ?? PLAIN;
const isChanged = (mix: Mix) => Object.values(mix).some(({ volume, muted }) => muted || volume !== 1);

export interface Parts {
  lead: RecordingFile | null;
  followers: RecordingFile[];
  /** Sound comes from each party's own file. */
  apart: boolean;
}

/** The inmate's picture and voice stand first, as in the live page. */
const byRole = (one: string, other: string) => Number(other === 'inmate') - Number(one === 'inmate') || (one < other ? -1 : 1);
const byLength = (one: RecordingFile, other: RecordingFile) => other.durationS - one.durationS;

/**
 * Which files are played together: the combined one alone as long as nobody is made louder or softer; its picture with each party's sound
 * otherwise; or each party's picture and sound.
 */
export function partsOf(files: readonly RecordingFile[], mode: 'combined' | 'tracks', mix: Mix): Parts {
  const combined = files.find(({ kind }) => kind === 'combined');
  const sounds = files.filter(({ kind }) => kind === 'audio').toSorted(byLength);
  const pictures = files.filter(({ kind }) => kind === 'video');
  if (combined && mode === 'combined') {
    const apart = isChanged(mix) && sounds.length > 0;
    return { lead: combined, followers: apart ? sounds : [], apart };
  }
  const [lead, ...others] = [...sounds, ...pictures.toSorted((one, other) => byRole(one.participant, other.participant))];
  return { lead: lead ?? combined ?? null, followers: others, apart: true };
}

export const speakersOf = (files: readonly RecordingFile[]): string[] =>
  [...new Set(files.filter(({ kind }) => kind === 'audio').map(({ participant }) => participant))].toSorted(byRole);
