import { readFileSync } from 'node:fs';
import { setImmediate as pause } from 'node:timers/promises';
import type { Homophones, WatchedWord, WordCountBy } from '@qinqiao/contracts';
import { countWords } from '@qinqiao/domain/word-statistics';
import { addWord, buildMatchers, fold, WordLists, WordMatcher } from '@qinqiao/domain/words';
import { addDays, type Db, systemClock } from '@qinqiao/server-kit';
import { createHash } from 'node:crypto';
import { progress } from './stage.ts';
import { summary } from './statistics.ts';
import { openBenchStore } from './store.ts';

const WORDS = 100_000;
const ALERTS = 1_000_000;
const ALERT_DAYS = 365;
const LAST_DAY = '2026-11-20';
const ROUNDS = 15;
const WARM_UPS = 5;
const CHUNK = 500;

/** Usual words of such lists, of two characters and of three. */
const TWO =
  '越狱 自杀 毒品 翻供 转账 打架 手机 报复 贿赂 串供 逃跑 枪支 匕首 炸弹 绝食 自残 吸毒 贩毒 冰毒 大麻 走私 绑架 灭口 举报 上访 暴动 脱逃 割腕 上吊 行贿'.split(
    ' ',
  );
const THREE =
  '海洛因 摇头丸 安眠药 银行卡 身份证 微信号 支付宝 闹监狱 打死他 杀了他 不想活 活不了 假口供 对口供 送红包 找关系 走后门 打招呼'.split(
    ' ',
  );
/** Chinese prose that every installation of the packages has: exceljs' manual in Chinese. */
const PROSE = new URL('../node_modules/exceljs/README_zh.md', import.meta.url);

/** Mulberry32: the same list and text each time. */
const random = (() => {
  let state = 7;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
})();

/** The 6,763 characters of GB 2312, the first ones likelier, as in ordinary text. */
const CHARACTERS = (() => {
  const decoder = new TextDecoder('gb2312');
  const bytes = Array.from({ length: 0xd8 - 0xb0 }, (_, row) => Array.from({ length: 94 }, (__, cell) => [0xb0 + row, 0xa1 + cell])).flat();
  return bytes.map((pair) => decoder.decode(Uint8Array.from(pair))).filter((character) => character !== '\ufffd');
})();
const character = () => CHARACTERS[Math.floor(random() ** 2 * CHARACTERS.length)] ?? '的';

/**
 * The matcher over 1 MB of plain text with 100,000 words, homophones off and on; how long that list takes to be made ready, from the store too,
 * and what memory; false homophones on a text; and figures over 1,000,000 alerts. `--on mariadb`: on a private MariaDB; else on SQLite.
 */
export async function benchWords() {
  const list = wordList();
  const text = plainText();
  const matcher = {
    ofProse: await measure(list, proseText(), 'off'),
    off: await measure(list, text, 'off'),
    usual: await measure(list, text, 'usual'),
  };
  const falseHits = falseHomophones();
  await using stack = new AsyncDisposableStack();
  const { on, db } = await openBenchStore(stack);
  const store = await fromStore(db, list);
  await addAlerts(db);
  return { on, words: WORDS, matcher, falseHits, store, statisticsMs: await statistics(db) };
}

function wordList(): string[] {
  const words = new Map<string, string>();
  while (words.size < WORDS) {
    const word = Array.from({ length: 2 + Math.floor(random() * 3) }, character).join('');
    words.set(fold(word), word);
  }
  return [...words.values()];
}

function plainText(): string {
  let text = '';
  for (let at = 0; at < 330_000; at++) text += character() + (at % 17 === 0 ? '，' : '');
  return text;
}

/** 1 MB of the prose's Chinese characters with its punctuation, again and again. */
function proseText(): string {
  const once = Array.from(readFileSync(PROSE, 'utf8'))
    .filter((one) => /[\p{sc=Han}，。：；！？]/u.test(one))
    .join('');
  return once.repeat(Math.ceil(340_000 / once.length)).slice(0, 340_000);
}

const watched = (word: string, homophones: Homophones): WatchedWord => ({ id: word, word, level: 2, note: '', homophones });

async function measure(list: readonly string[], text: string, homophones: Homophones) {
  const words = list.map((word) => watched(word, homophones));
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const began = performance.now();
  let longest = 0;
  let stepBegan = began;
  const matchers = await buildMatchers(words, async () => {
    longest = Math.max(longest, performance.now() - stepBegan);
    await pause();
    stepBegan = performance.now();
  });
  const buildMs = Math.round(performance.now() - began);
  const matcher = matchers.of(null);
  const megabytes = Buffer.byteLength(text) / 1e6;
  const rates: number[] = [];
  const ofCpu: number[] = [];
  let hits = 0;
  for (let round = 0; round < WARM_UPS; round++) hits = matcher.find(text).length;
  for (let round = 0; round < ROUNDS; round++) {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    hits = matcher.find(text).length;
    rates.push(megabytes / ((performance.now() - start) / 1000));
    // What others take of the machine does not count here.
    const { user, system } = process.cpuUsage(cpu);
    ofCpu.push(megabytes / ((user + system) / 1e6));
  }
  progress(`homophones ${homophones}: ${Math.max(...rates).toFixed(0)} MB/s`);
  const memory = { tablesMb: Math.round(matcher.bytes / 1e6), grownMb: Math.round((process.memoryUsage().rss - before) / 1e6) };
  return { mbPerS: summary(rates), mbPerCpuS: summary(ofCpu), hits, buildMs, longestStepMs: Math.round(longest), ...memory };
}

/** What is found beyond the words themselves, per 10,000 characters of the prose. */
function falseHomophones() {
  const prose = readFileSync(PROSE, 'utf8');
  const characters = Array.from(fold(prose)).filter((one) => /\p{sc=Han}/u.test(one)).length;
  const per = (words: readonly string[], homophones: Homophones) => {
    const found = new WordMatcher(words.map((word) => watched(word, homophones))).find(prose).filter(({ match }) => match === 'homophone');
    const examples = [...new Set(found.map(({ word, offset, length }) => `${word.word}~${prose.slice(offset, offset + length)}`))];
    return { per10000: Math.round((found.length / characters) * 1e6) / 100, examples: examples.slice(0, 6) };
  };
  return {
    text: 'exceljs README_zh.md',
    characters,
    twoCharacters: { words: TWO.length, usual: per(TWO, 'usual'), wide: per(TWO, 'wide') },
    threeCharacters: { words: THREE.length, usual: per(THREE, 'usual') },
  };
}

/** The list from the store, and how soon a change of it counts, apart from the pause between two looks. */
async function fromStore(db: Db, list: readonly string[]) {
  const at = '2026-11-20T08:00:00.000Z';
  const rest = {
    level: 2,
    category: '',
    note: '',
    valid_from: null,
    valid_to: null,
    enabled: 1,
    homophones: 'usual',
    rules: '{}',
    version: 1,
  };
  const stamp = { created_at: at, updated_at: at, updated_by: '' };
  await inChunks(db, 'words', WORDS, (index) => ({ id: `w${index}`, word: list[index], ...rest, ...stamp }));
  const hash = (word: string) => createHash('sha256').update(fold(word)).digest('hex');
  await inChunks(db, 'word_places', WORDS, (index) => ({ word_id: `w${index}`, prison_id: '', fold_hash: hash(list[index] ?? '') }));
  const lists = new WordLists({ db, clock: systemClock });
  const timed = async () => {
    const began = performance.now();
    await lists.refresh();
    return Math.round(performance.now() - began);
  };
  const firstMs = await timed();
  const changes: number[] = [];
  for (let round = 0; round < 3; round++) {
    await addWord(db, { word: `新词${round}号暗语` });
    changes.push(await timed());
  }
  return { firstMs, afterAChangeMs: summary(changes) };
}

async function addAlerts(db: Db): Promise<void> {
  const begun = performance.now();
  const one = {
    segment_id: 's',
    participant_id: 'p',
    speaker: 'inmate',
    note: '',
    match_kind: 'exact',
    text_offset: 0,
    text_length: 2,
    at_ms: 0,
  };
  await inChunks(db, 'word_alerts', ALERTS, (index) => {
    const day = addDays(LAST_DAY, -(ALERT_DAYS - 1 - Math.floor((index / ALERTS) * ALERT_DAYS)));
    const call = Math.floor(index / 2);
    const inmate = (call * 7919) % 50_000;
    const prison = `prison-${inmate % 15}`;
    const at = `${day}T08:00:00.000Z`;
    const judged = index % 3 === 0 ? (index % 15 === 0 ? 'wrong' : 'right') : 'open';
    return {
      ...one,
      id: createHash('sha256').update(String(index)).digest('hex').slice(0, 32),
      call_id: `call-${call}`,
      word: [...TWO, ...THREE][(index * 31) % 48],
      word_id: `w${(index * 31) % 48}`,
      category: ['escape', 'drugs', 'money', 'contraband'][index % 4],
      level: 1 + (index % 3),
      heard_at: at,
      raised_at: at,
      state: index % 10 === 0 ? 'unconfirmed' : 'confirmed',
      day,
      live: 1,
      open_level: 0,
      judge_note: '',
      prison_id: prison,
      ward_id: `${prison}-w${inmate % 20}`,
      inmate_id: `i${inmate}`,
      family_id: `f${inmate}-${call % 2}`,
      verdict: judged,
    };
  });
  progress(`${ALERTS} alerts in ${Math.round((performance.now() - begun) / 1000)} s`);
}

async function statistics(db: Db) {
  const measured: Record<string, object> = {};
  for (const [name, days] of [
    ['30 days', 30],
    ['365 days', 365],
  ] as const) {
    for (const by of ['day', 'month', 'word', 'category', 'prison', 'ward', 'inmate', 'family'] as const satisfies WordCountBy[]) {
      const times: number[] = [];
      for (let round = 0; round < 3; round++) {
        const began = performance.now();
        await countWords(db, { by, from: addDays(LAST_DAY, 1 - days), to: LAST_DAY });
        times.push(performance.now() - began);
      }
      measured[`${name} by ${by}`] = summary(times);
    }
  }
  return measured;
}

async function inChunks(db: Db, table: string, count: number, make: (index: number) => object): Promise<void> {
  for (let from = 0; from < count; from += CHUNK * 20) {
    await db.transaction().execute(async (trx) => {
      for (let at = from; at < Math.min(count, from + CHUNK * 20); at += CHUNK) {
        const rows = Array.from({ length: Math.min(CHUNK, count - at) }, (_, offset) => make(at + offset));
        await trx.withTables<Record<string, object>>().insertInto(table).values(rows).execute();
      }
    });
  }
}
