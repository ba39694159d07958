import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId, ParticipantId, TranscriptSegment } from '@qinqiao/contracts';
import { setAccess } from '@qinqiao/domain/access';
import { addConversation } from '@qinqiao/domain/conversations';
import { addOrgUnit } from '@qinqiao/domain/organisation';
import { addOfficer } from '@qinqiao/domain/people';
import { placeOf, saveSegments, termsOf, type TranscriptTables } from '@qinqiao/domain/transcripts';
import { fold } from '@qinqiao/domain/words';
import { addDays, type CryptoProvider, type Db, dayOf, hashPassword, refreshStatistics, toInstant } from '@qinqiao/server-kit';
import { serveRest } from './serve.ts';
import { progress } from './stage.ts';
import { summary } from './statistics.ts';
import { openBenchStore } from './store.ts';

const PASSWORD = 'Bench-2026-officer';
const PRISONS = 15;
const SEGMENTS = Number(process.env['QINQIAO_BENCH_SEGMENTS'] ?? 1_000_000);
const OF_ONE = 200;
const INMATES = 5000;
const DAYS = 365;
const ROUNDS = 20;
const HOUR = 3600_000;
const WORDS = 6000;

/** Chance that is the same each time. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Sentences of two-character words that are as unevenly common as words are (Zipf), made of the characters of the user manual. */
class Speech {
  readonly words: string[] = [];
  readonly #shares: number[] = [];
  readonly #random = mulberry(7);

  constructor() {
    const manual = readFileSync(join(import.meta.dirname, '../docs/user-manual.zh-CN.md'), 'utf8');
    const characters = [...new Set(manual.match(/\p{sc=Han}/gu) ?? [])];
    const seen = new Set<string>();
    let sum = 0;
    while (this.words.length < WORDS) {
      const [one, other] = [this.#random(), this.#random()].map((chance) => characters[Math.floor(chance * characters.length)] ?? '');
      const word = `${one}${other}`;
      if (seen.has(word)) continue;
      seen.add(word);
      this.words.push(word);
      sum += 1 / (this.words.length + 5);
      this.#shares.push(sum);
    }
  }

  #word(): string {
    const wanted = this.#random() * (this.#shares.at(-1) ?? 1);
    let low = 0;
    let high = this.#shares.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#shares[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return this.words[low] ?? '';
  }

  sentence(): string {
    return Array.from({ length: 3 + Math.floor(this.#random() * 8) }, () => this.#word()).join('');
  }
}

/**
 * Full-text search at the REST API with 1,000,000 segments of 15 prisons in the store: words of one character and more, common and rare, phrases,
 * filters, for officers of the bureau and of a prison; and what the index adds to saving. `--on mariadb`: on a private MariaDB; else on SQLite.
 */
export async function benchTranscripts() {
  await using stack = new AsyncDisposableStack();
  const { on, db, crypto, dataDir } = await openBenchStore(stack);
  const speech = new Speech();
  const begun = performance.now();
  await addPlaces(db, crypto);
  const saved = await measureSaving(db, speech);
  await addSegments(db, speech);
  await refreshStatistics(db);
  progress(`generated in ${Math.round((performance.now() - begun) / 1000)} s`);
  const url = await serveRest(stack, { db, crypto, dataDir });
  const ms = await measure(url, speech);
  const slowest = Math.max(...Object.values(ms).map(({ p95 }) => p95));
  return { on, segments: SEGMENTS, saving: saved, slowestP95: slowest, ms };
}

async function addPlaces(db: Db, crypto: CryptoProvider): Promise<void> {
  const password_hash = await hashPassword(PASSWORD);
  const officer = async (id: string, prison_id: string, scope: Parameters<typeof setAccess>[3]['scope']) => {
    await addOfficer(db, { id, prison_id, account: id, name: '民警', password_hash });
    await setAccess(db, crypto, id, { roles: ['business-admin'], scope });
  };
  await addOrgUnit(db, { id: 'bureau', parent_id: null, kind: 'bureau', name: '局' });
  await officer('bureau-officer', 'bureau', { kind: 'bureau' });
  for (let prison = 0; prison < PRISONS; prison++) {
    const id = `prison-${prison}`;
    await addOrgUnit(db, { id, parent_id: 'bureau', kind: 'prison', name: `第${prison}监狱` });
    await addOrgUnit(db, { id: `${id}-w`, parent_id: id, kind: 'ward', name: '一监区' });
    await officer(`${id}-officer`, id, { kind: 'prisons', ids: [id] });
  }
}

const started = (conversation: number) => Date.now() - HOUR - Math.floor((conversation * DAYS * 24 * HOUR * OF_ONE) / SEGMENTS);

/** The newest first; each with its segments, ten seconds apart. */
async function addOne(db: Db, conversation: number): Promise<{ id: string; prison: string; at: number }> {
  const at = started(conversation);
  const inmate = conversation % INMATES;
  const prison = `prison-${inmate % PRISONS}`;
  const id = `c${String(conversation).padStart(9, '0')}`;
  const person = { inmate_id: `i${inmate}`, inmate_number: `N${inmate}`, inmate_name: '陈建国', level: 'common' };
  const family = { family_id: `f${inmate}`, family_name: '陈秀英', relation: '母亲', room_id: null };
  const time = { started_at: toInstant(at), ended_at: toInstant(at + 30 * 60_000), day: dayOf(at), from_ms: 0, duration_ms: 1_800_000 };
  const found = { words: 0, word_level: 0, warnings: 0, screenshots: 0, has_words: 0, has_warnings: 0, attention_found: '' } as const;
  const facts = { id, kind: 'phone', prison_id: prison, ward_id: `${prison}-w`, ...person, ...family, ...time, ...found } as const;
  await db.transaction().execute((trx) => addConversation(trx, { ...facts, held: 0, recording: 'ready' }));
  return { id, prison, at };
}

const segmentsOf = (callId: string, speech: Speech): TranscriptSegment[] =>
  Array.from({ length: OF_ONE }, (_, index) => ({
    id: `${callId}-${index}`,
    callId: callId as CallId,
    participantId: 'p1' as ParticipantId,
    speaker: index % 2 === 0 ? ('inmate' as const) : ('family' as const),
    startMs: index * 9000,
    endMs: index * 9000 + 8000,
    text: speech.sentence(),
    final: true,
    engine: 'bench',
    trial: false,
  }));

/** Milliseconds of saving one segment in a transaction of its own: provisional, which comes into no index, and final. */
async function measureSaving(db: Db, speech: Speech): Promise<object> {
  const { id } = await addOne(db, 0);
  const segments = segmentsOf(id, speech);
  const bare = segments.map((segment) => ({ ...segment, id: `bare-${segment.id}`, final: false }));
  const times = async (all: readonly TranscriptSegment[]) => {
    const taken: number[] = [];
    for (const segment of all) {
      const begun = performance.now();
      await saveSegments(db, [segment]);
      taken.push(performance.now() - begun);
    }
    return summary(taken);
  };
  return { withoutIndex: await times(bare), withIndex: await times(segments) };
}

/** As `saveSegments` would store them, only in larger pieces. */
async function addSegments(db: Db, speech: Speech): Promise<void> {
  const tables = db.withTables<TranscriptTables>();
  const updated_at = toInstant(Date.now());
  for (let conversation = 1; conversation * OF_ONE < SEGMENTS; conversation++) {
    const { id, prison, at } = await addOne(db, conversation);
    const texts: TranscriptTables['transcript_texts'][] = [];
    const grams: TranscriptTables['transcript_grams'][] = [];
    const rows = segmentsOf(id, speech).map((segment) => {
      const text = fold(segment.text);
      const spoken_ms = at + segment.startMs;
      const place = placeOf(spoken_ms, conversation);
      texts.push({ place, segment_id: segment.id, call_id: id, prison_id: prison, speaker: segment.speaker, spoken_ms, text });
      for (const term of termsOf(prison, text)) grams.push({ term, place });
      const when = { start_ms: segment.startMs, end_ms: segment.endMs };
      const how = { final: 1, mark: null, engine: 'bench', trial: 0, source: 'live', foreign_language: 0, version: 0 } as const;
      return {
        id: segment.id,
        call_id: id,
        participant_id: 'p1',
        speaker: segment.speaker,
        text: segment.text,
        ...when,
        ...how,
        updated_at,
      };
    });
    await db.transaction().execute(async (trx) => {
      const to = trx.withTables<TranscriptTables>();
      await to.insertInto('transcript_segments').values(rows).execute();
      await to.insertInto('transcript_texts').values(texts).execute();
      await to.insertInto('transcript_grams').values(grams).execute();
    });
    if (conversation % 500 === 0) progress(`${conversation * OF_ONE} segments`);
  }
  const { count } = await tables
    .selectFrom('transcript_grams')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .executeTakeFirstOrThrow();
  progress(`${count} pairs of characters`);
}

function searches({ words }: Speech): Record<string, string> {
  const text = (...parts: string[]) => `text=${encodeURIComponent(parts.join(' '))}`;
  const [top = '', second = '', third = ''] = words;
  const [middle, rare] = [words[300] ?? '', words[WORDS - 5] ?? ''];
  const day = addDays(dayOf(Date.now()), -200);
  return {
    'the most common word': text(top),
    'a middling word': text(middle),
    'a rare word': text(rare),
    'a word nobody said': text('鑫犇'),
    'a common character': text(top.slice(0, 1)),
    'a rare character': text('鑫'),
    'two common words': text(top, second),
    'three common words': text(top, second, third),
    'a common and a rare word': text(top, rare),
    'a phrase of common words': text(`"${top}${second}${third}"`),
    'a phrase nobody said, of common words': text(`"${top}${third}${top}${third}"`),
    'a long phrase nobody said': text(`"${words.slice(0, 8).join('')}"`),
    'a common word by one inmate': `${text(top)}&inmateId=i17`,
    'a rare word in one prison': `${text(rare)}&prisonId=prison-3`,
    'a common word on one day': `${text(top)}&from=${day}&to=${day}`,
    'a common word by a speaker who never speaks': `${text(top)}&speaker=officer`,
    'a common word of another kind': `${text(top)}&kind=video`,
  };
}

/** Milliseconds from the request to the whole answer, the search audited. */
async function measure(url: string, speech: Speech): Promise<Record<string, ReturnType<typeof summary> & { found: number }>> {
  const measured: Record<string, ReturnType<typeof summary> & { found: number }> = {};
  for (const account of ['bureau-officer', 'prison-3-officer']) {
    const token = await logIn(url, account);
    for (const [name, query] of Object.entries(searches(speech))) {
      const times: number[] = [];
      let found = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const begun = performance.now();
        const response = await fetch(`${url}/api/transcripts?limit=50&${query}`, { headers: { authorization: `Bearer ${token}` } });
        const body = (await response.json()) as { items?: unknown[] };
        if (!response.ok) throw new Error(`${name}: HTTP ${response.status} ${JSON.stringify(body)}`);
        times.push(performance.now() - begun);
        found = body.items?.length ?? 0;
      }
      measured[`${account} · ${name}`] = { ...summary(times), found };
    }
  }
  return measured;
}

async function logIn(url: string, account: string): Promise<string> {
  const response = await fetch(`${url}/api/login/officer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account, password: PASSWORD }),
  });
  return ((await response.json()) as { token: string }).token;
}
