import type { Speaker } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { sql } from 'kysely';
import type { TranscriptTables } from './migrations.ts';
import { termsFrom, termsWithin } from './terms.ts';

const tables = (db: Db) => db.withTables<TranscriptTables>();

/** A segment that holds what is looked for. */
export interface Found {
  place: number;
  segmentId: string;
  callId: string;
}

export interface Looking {
  /** Folded; each stands in the text. */
  words: readonly string[];
  speaker: Speaker | undefined;
  /** Places from `floor` to before `below`. */
  below: number;
  floor: number;
  /** Which of these conversations count. */
  allowed: (callIds: readonly string[]) => Promise<Set<string>>;
}

/** The newest so many. */
export type Step = (looking: Looking, limit: number) => Promise<Found[]>;

/** How many places are looked at in one go: few at first, as common words fill a page at once; never so many that others wait for the store. */
const FIRST = 200;
const MOST = 2000;
/** How deep a term is looked into to learn how rare it is, and how many terms are. */
const PROBE = 300;
const PROBED = 6;
/** A character with fewer places than this is rare. */
const RARE = 3000;

/** Through the pairs of characters of these prisons, or by a single character. */
export const throughIndex =
  (db: Db, prisons: readonly string[]): Step =>
  async (looking, limit) => {
    if (await speaksSeldom(db, looking)) return gather(db, looking, limit, (below, many) => newestPlaces(db, { ...looking, below }, many));
    if (looking.words.every((word) => word.length === 1)) return bySingle(db, prisons, looking, limit);
    let found: Found[] = [];
    for (const prison of prisons) {
      // What is older than a full page's last can't come onto it.
      const floor = found.length < limit ? looking.floor : Math.max(looking.floor, (found[limit - 1]?.place ?? 0) + 1);
      found = newest([...found, ...(await ofPrison(db, prison, { ...looking, floor }, limit))], limit);
    }
    return found;
  };

/** Then a common word would lead past too many others' lines. */
const SELDOM = 20_000;

async function speaksSeldom(db: Db, { speaker, below, floor }: Looking): Promise<boolean> {
  if (speaker === undefined) return false;
  const query = tables(db).selectFrom('transcript_texts').select('place').where('speaker', '=', speaker);
  const range = query.where('place', '<', below).where('place', '>=', floor).orderBy('place', 'desc');
  return (await range.offset(SELDOM).limit(1).execute()).length === 0;
}

export const newest = (found: Found[], limit: number) => found.toSorted((one, other) => other.place - one.place).slice(0, limit);

async function ofPrison(db: Db, prison: string, looking: Looking, limit: number): Promise<Found[]> {
  const terms = [...new Set(looking.words.flatMap((word) => termsWithin(prison, word)))];
  const term = await rarest(db, terms, looking);
  if (term === null) return [];
  const next = (below: number, count: number) => placesOf(db, term, { below, floor: looking.floor }, count);
  return gather(db, looking, limit, next);
}

/** The term that stands in the fewest texts. Null: one of them stands in none. */
async function rarest(db: Db, terms: readonly number[], { below, floor }: Looking): Promise<number | null> {
  let best: { term: number; reach: number } | null = null;
  for (const term of spread(terms, PROBED)) {
    const [first] = terms.length === 1 ? [] : await placesOf(db, term, { below, floor }, 1, PROBE);
    // The further back its so-manieth place lies, the rarer it is; what has fewer is rarest of all.
    const reach = first ?? (await count(db, term, { below, floor }));
    if (reach === 0) return null;
    if (!best || reach < best.reach) best = { term, reach };
    if (terms.length > 1 && first === undefined) break;
  }
  return best?.term ?? null;
}

/** At most so many, from all over the list. */
const spread = (terms: readonly number[], many: number) =>
  terms.length <= many ? terms : Array.from({ length: many }, (_, index) => terms[Math.floor((index * terms.length) / many)] ?? 0);

type Range = Pick<Looking, 'below' | 'floor'>;

async function placesOf(db: Db, term: number, { below, floor }: Range, limit: number, offset = 0): Promise<number[]> {
  const query = tables(db).selectFrom('transcript_grams').select('place').where('term', '=', term);
  const rows = await query
    .where('place', '<', below)
    .where('place', '>=', floor)
    .orderBy('place', 'desc')
    .limit(limit)
    .offset(offset)
    .execute();
  return rows.map(({ place }) => Number(place));
}

/** 0 or 1: whether there is any. */
const count = async (db: Db, term: number, range: Range) => (await placesOf(db, term, range, 1)).length;

/** Looks at places, newest first, until enough of them hold what is looked for. */
async function gather(
  db: Db,
  looking: Looking,
  limit: number,
  next: (below: number, count: number) => Promise<number[]>,
): Promise<Found[]> {
  const found: Found[] = [];
  for (let below = looking.below, size = FIRST; found.length < limit; size = Math.min(MOST, size * 2)) {
    const places = await next(below, size);
    const last = places.at(-1);
    if (last === undefined) break;
    found.push(...(await holding(db, looking, places)));
    below = last;
    if (places.length < size) break;
  }
  return found.slice(0, limit);
}

/** Texts that hold what is looked for, the newest first. */
export function texts(db: Db, { words, speaker }: Looking) {
  let query = tables(db).selectFrom('transcript_texts').select(['place', 'segment_id', 'call_id']);
  for (const word of words) query = query.where(sql<number>`instr(${sql.ref('transcript_texts.text')}, ${word})`, '>', 0);
  if (speaker !== undefined) query = query.where('speaker', '=', speaker);
  return query.orderBy('place', 'desc');
}

async function holding(db: Db, looking: Looking, places: readonly number[]): Promise<Found[]> {
  return allowedOf(looking, await texts(db, looking).where('place', 'in', places).execute());
}

async function allowedOf({ allowed }: Looking, rows: readonly { place: number; segment_id: string; call_id: string }[]): Promise<Found[]> {
  if (rows.length === 0) return [];
  const seen = await allowed([...new Set(rows.map(({ call_id }) => call_id))]);
  const found = rows.filter(({ call_id }) => seen.has(call_id));
  return found.map(({ place, segment_id, call_id }) => ({ place: Number(place), segmentId: segment_id, callId: call_id }));
}

/**
 * By single characters only: a rare one's places are read at once, along the terms that begin with it; a common one's are found by reading the newest
 * texts one after the other.
 */
async function bySingle(db: Db, prisons: readonly string[], looking: Looking, limit: number): Promise<Found[]> {
  const rare = await rarePlaces(db, prisons, looking);
  if (!rare) return gather(db, looking, limit, (below, many) => newestPlaces(db, { ...looking, speaker: undefined, below }, many));
  const places = rare.toSorted((one, other) => other - one);
  return gather(db, looking, limit, (below, many) => Promise.resolve(places.filter((place) => place < below).slice(0, many)));
}

/** Null: each character is common. */
async function rarePlaces(db: Db, prisons: readonly string[], { words, below, floor }: Looking): Promise<number[] | null> {
  for (const character of words) {
    const places: number[] = [];
    for (const prison of prisons) {
      if (places.length >= RARE) break;
      const [from, to] = termsFrom(prison, character);
      const query = tables(db).selectFrom('transcript_grams').select('place').where('term', '>=', from).where('term', '<=', to);
      const rows = await query
        .where('place', '<', below)
        .where('place', '>=', floor)
        .limit(RARE - places.length)
        .execute();
      places.push(...rows.map(({ place }) => Number(place)));
    }
    if (places.length < RARE) return [...new Set(places)];
  }
  return null;
}

async function newestPlaces(db: Db, { speaker, below, floor }: Range & Pick<Looking, 'speaker'>, limit: number): Promise<number[]> {
  let query = tables(db).selectFrom('transcript_texts').select('place').where('place', '<', below).where('place', '>=', floor);
  if (speaker !== undefined) query = query.where('speaker', '=', speaker);
  return (await query.orderBy('place', 'desc').limit(limit).execute()).map(({ place }) => Number(place));
}
