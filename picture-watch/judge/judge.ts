import type { Party, PictureWarningKind } from '@qinqiao/contracts';

/** What one sample of a party's picture showed. Null is not known: it counts neither for nor against a warning. */
export interface Seen {
  /** Epoch milliseconds. */
  at: number;
  /** Faces in the picture. */
  people: number | null;
  /** Faces that are like nobody's on the call's list, beyond those on it who have no face in the library. */
  strangers: number | null;
  /** Whether the background is something else than the mask. */
  unmasked: boolean | null;
  /** Whether something moved since the sample before: somebody who has turned away moves, an empty chair does not. */
  moves: boolean;
}

export interface Rules {
  party: Party;
  /** People who may be in the picture. */
  allowed: number;
  /** Samples in a row that make a warning. */
  hits: number;
  /** How long there must be nobody. */
  nobodyMs: number;
}

/** One kind of warning over time: from the first sample that shows it to so many clean ones that it may be raised anew. */
interface Episode {
  since: number | null;
  hits: number;
  warned: boolean;
  clean: number;
}
export type JudgeState = Readonly<Record<PictureWarningKind, Episode>>;

/** What is to be warned of now, and since when it has been seen. */
export interface Finding {
  kind: PictureWarningKind;
  since: number;
}

/** Clean samples in a row after which the same may be warned of again: somebody who leans in and out is one episode. */
export const CLEAN_SAMPLES = 5;
/** While something moves, nobody's face is waited for so many times longer. */
export const PATIENCE_WITH_MOVEMENT = 3;

const FRESH: Episode = { since: null, hits: 0, warned: false, clean: 0 };
/** `warned`: kinds that were warned of before, in case they still go on: they count as warned of until so many samples were clean. */
export function newJudge(warned: readonly PictureWarningKind[] = []): JudgeState {
  const of = (kind: PictureWarningKind) => (warned.includes(kind) ? { ...FRESH, warned: true } : FRESH);
  return { nobody: of('nobody'), several_people: of('several_people'), stranger: of('stranger'), unmasked: of('unmasked') };
}

/** Which kinds concern which party. The inmate who is away is black, which the tablet tells. */
const KINDS: Record<Party, readonly PictureWarningKind[]> = {
  family: ['nobody', 'several_people', 'stranger'],
  inmate: ['unmasked', 'several_people'],
};

/** Whether a sample shows it; null when that cannot be told. */
function shows(kind: PictureWarningKind, seen: Seen, { allowed }: Rules): boolean | null {
  if (kind === 'unmasked') return seen.unmasked;
  if (kind === 'stranger') return seen.strangers === null ? null : seen.strangers > 0;
  if (seen.people === null) return null;
  return kind === 'nobody' ? seen.people === 0 : seen.people > allowed;
}

function isDue(kind: PictureWarningKind, { since, hits }: Episode, seen: Seen, rules: Rules): boolean {
  if (hits < rules.hits) return false;
  if (kind !== 'nobody') return true;
  return seen.at - (since ?? seen.at) >= rules.nobodyMs * (seen.moves ? PATIENCE_WITH_MOVEMENT : 1);
}

function next(episode: Episode, hit: boolean, at: number): Episode {
  if (hit) return { ...episode, since: episode.since ?? at, hits: episode.hits + 1, clean: 0 };
  const clean = episode.clean + 1;
  return clean >= CLEAN_SAMPLES ? FRESH : { ...episode, since: null, hits: 0, clean };
}

/** Judges one sample: no I/O and no clock. A warning is found once for as long as what it warns of goes on. */
export function judge(state: JudgeState, seen: Seen, rules: Rules): { state: JudgeState; findings: Finding[] } {
  const findings: Finding[] = [];
  const after = { ...state };
  for (const kind of KINDS[rules.party]) {
    const hit = shows(kind, seen, rules);
    if (hit === null) continue;
    const episode = next(state[kind], hit, seen.at);
    const found = hit && !episode.warned && isDue(kind, episode, seen, rules);
    if (found) findings.push({ kind, since: episode.since ?? seen.at });
    after[kind] = found ? { ...episode, warned: true } : episode;
  }
  return { state: after, findings };
}

/** Whether something is going on that the next sample must tell more of. */
export const isSuspicious = (state: JudgeState): boolean => Object.values(state).some(({ hits, warned }) => hits > 0 && !warned);
