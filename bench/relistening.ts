import { setAccess } from '@qinqiao/domain/access';
import type { ConversationTables } from '@qinqiao/domain/conversations';
import { addOrgUnit } from '@qinqiao/domain/organisation';
import { addOfficer, type PeopleTables } from '@qinqiao/domain/people';
import { addDays, type CryptoProvider, type Db, dayOf, hashPassword, refreshStatistics, toInstant } from '@qinqiao/server-kit';
import { serveRest } from './serve.ts';
import { progress } from './stage.ts';
import { openBenchStore } from './store.ts';
import { summary } from './statistics.ts';

const PASSWORD = 'Bench-2026-officer';
const PRISONS = 15;
const WARDS = 20;
const INMATES = 50_000;
const CONVERSATIONS = 1_000_000;
const DAYS = 730;
const CHUNK = 500;
const ROUNDS = 30;
const HOUR = 3600_000;
const pad = (index: number) => String(index).padStart(8, '0');
const prisonOf = (inmate: number) => `prison-${inmate % PRISONS}`;
const wardOf = (inmate: number) => `${prisonOf(inmate)}-w${Math.floor(inmate / PRISONS) % WARDS}`;
const SURNAMES = Array.from('陈李王张刘杨赵黄周吴徐孙胡朱高林何郭马罗');
const nameOf = (index: number) => `${SURNAMES[index % 20]}${SURNAMES[Math.floor(index / 20) % 20]}${index % 7}`;

/**
 * The list of recorded conversations at the REST API with 1,000,000 of two years and 15 prisons in the store: pages with each filter, the
 * workload and the figures of a quarter, for officers of the bureau, a prison and a ward. `--on mariadb`: on a private MariaDB; else on SQLite.
 */
export async function benchRelistening() {
  await using stack = new AsyncDisposableStack();
  const { on, db, crypto, dataDir } = await openBenchStore(stack);
  const begun = performance.now();
  await addPlaces(db, crypto);
  await addConversations(db);
  await refreshStatistics(db);
  progress(`generated in ${Math.round((performance.now() - begun) / 1000)} s`);
  const url = await serveRest(stack, { db, crypto, dataDir });
  return { on, conversations: CONVERSATIONS, ms: await measure(url) };
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
    for (let ward = 0; ward < WARDS; ward++)
      await addOrgUnit(db, { id: `${id}-w${ward}`, parent_id: id, kind: 'ward', name: `${ward}监区` });
    await officer(`${id}-officer`, id, { kind: 'prisons', ids: [id] });
  }
  await officer('ward-officer', 'prison-3', { kind: 'wards', ids: ['prison-3-w4'] });
  const person = (index: number) => ({ name: nameOf(index), pinyin: 'cw', version: 1 });
  await inChunks(db, 'inmates', INMATES, (index) => ({
    id: `i${pad(index)}`,
    prison_id: prisonOf(index),
    ward_id: wardOf(index),
    number: `N${pad(index)}`,
    ...person(index),
  }));
  await inChunks(db, 'families', INMATES, (index) => ({
    id: `f${pad(index)}`,
    prison_id: prisonOf(index),
    password_hash: '',
    ...person(index + 7),
  }));
}

async function addConversations(db: Db): Promise<void> {
  const now = Date.now();
  const today = dayOf(now);
  await inChunks(db, 'conversations', CONVERSATIONS, (index) => conversation(index, now, today));
}

/** Whether this one of so many is meant, by chance that is the same each time. */
function oneIn(many: number, index: number, salt: number): boolean {
  let mixed = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
  return ((mixed ^ (mixed >>> 13)) >>> 0) % many === 0;
}

/** The newest first. One in five is to be heard; of those, what is older than a week is done but for one in fifty, which is late. */
function conversation(index: number, now: number, today: string): ConversationTables['conversations'] {
  const inmate = (index * 7919) % INMATES;
  const started = now - HOUR - Math.floor((index * DAYS * 24 * HOUR) / CONVERSATIONS);
  const wanted = oneIn(5, index, 1);
  const open = wanted && (now - started < 7 * 24 * HOUR || oneIn(50, index, 2));
  const done = wanted && !open;
  const words = oneIn(40, index, 3) ? 3 : 0;
  const warnings = oneIn(90, index, 4) ? 1 : 0;
  const abnormal = oneIn(900, index, 5) ? 1 : 0;
  const nobody = oneIn(3, index, 11);
  const officer = `${prisonOf(inmate)}-officer`;
  const due = toInstant(started + 3 * 24 * HOUR);
  return {
    id: `c${String(CONVERSATIONS - index).padStart(9, '0')}`,
    kind: 'video',
    prison_id: prisonOf(inmate),
    ward_id: wardOf(inmate),
    inmate_id: `i${pad(inmate)}`,
    inmate_number: `N${pad(inmate)}`,
    inmate_name: nameOf(inmate),
    level: 'common',
    family_id: `f${pad(inmate)}`,
    family_name: nameOf(inmate + 7),
    relation: '母亲',
    room_id: null,
    started_at: toInstant(started),
    ended_at: toInstant(started + 25 * 60_000),
    day: started > now - 60_000 ? today : dayOf(started),
    from_ms: 0,
    duration_ms: 25 * 60_000,
    words,
    word_level: words > 0 ? 2 : 0,
    warnings,
    screenshots: 0,
    abnormal,
    has_words: words > 0 ? 1 : 0,
    has_warnings: warnings > 0 ? 1 : 0,
    has_abnormal: abnormal > 0 ? 1 : 0,
    held: oneIn(5000, index, 6) ? 1 : 0,
    attention: words > 0 || warnings > 0 || abnormal > 0 ? 1 : 0,
    attention_found: [...(words > 0 ? ['words'] : []), ...(warnings > 0 ? ['pictures'] : [])].join(','),
    attention_off: null,
    recording: oneIn(7000, index, 7) ? 'failed' : 'ready',
    listening: done ? 'done' : oneIn(11, index, 8) ? 'partly' : 'unheard',
    heard: done ? 950 : 0,
    wanted: wanted ? 1 : 0,
    wanted_percent: wanted ? 80 : 0,
    due_at: wanted ? due : null,
    open_due_at: open ? due : null,
    assigned_to: wanted && !nobody ? officer : null,
    assigned_name: wanted && !nobody ? '民警' : null,
    done_by: done ? officer : null,
    done_name: done ? '民警' : null,
    done_at: done ? due : null,
    second_state: done && oneIn(40, index, 9) ? (oneIn(20, index, 10) ? 'due' : 'done') : 'none',
    second_officer: null,
    second_name: null,
    rule_id: null,
    ruled_at: due,
    reminded_at: null,
    version: 0,
  };
}

type Tables = Pick<PeopleTables, 'inmates' | 'families'> & ConversationTables;

async function inChunks(db: Db, table: keyof Tables, count: number, make: (index: number) => object): Promise<void> {
  for (let from = 0; from < count; from += CHUNK) {
    const rows = Array.from({ length: Math.min(CHUNK, count - from) }, (_, offset) => make(from + offset));
    await db.withTables<Record<string, object>>().insertInto(table).values(rows).execute();
  }
  progress(`${count} ${table}`);
}

const TODAY = dayOf(Date.now());
const LISTS: Record<string, string> = {
  'first page': '',
  'one prison': 'prisonId=prison-3',
  'a ward with words': 'wardId=prison-3-w4&words=true',
  'an inmate': 'inmateId=i00012003',
  'an inmate’s number': 'text=N00012003',
  'a name of many': `text=${encodeURIComponent('陈')}`,
  'a name of nobody': `text=${encodeURIComponent('无此人')}`,
  'a day a year ago': `from=${addDays(TODAY, -365)}&to=${addDays(TODAY, -365)}`,
  'with words': 'words=true',
  'with picture warnings': 'warnings=true',
  abnormal: 'abnormal=true',
  'needing attention': 'attention=true',
  'needing attention in one prison': 'prisonId=prison-3&attention=true',
  'under legal hold': 'held=true',
  'recording failed': 'recording=failed',
  'partly heard': 'listening=partly',
  'done in one prison': 'prisonId=prison-3&listening=done',
  overdue: 'overdue=true',
  'to be done by me': 'assignee=me',
  'nobody’s': 'assignee=nobody',
  'second check due': 'secondDue=true',
  'abnormal, with words, heard, of one prison': 'prisonId=prison-3&abnormal=true&words=true&listening=done',
};
const OTHERS: Record<string, string> = {
  workload: '/api/relistening/workload',
  'figures of a week by officer': `/api/relistening/statistics?by=officer&from=${addDays(TODAY, -6)}&to=${TODAY}`,
  'figures of a quarter by prison': `/api/relistening/statistics?by=prison&from=${addDays(TODAY, -90)}&to=${TODAY}`,
};

/** Milliseconds from the request to the whole answer. */
async function measure(url: string): Promise<object> {
  const measured: Record<string, object> = {};
  for (const account of ['bureau-officer', 'prison-3-officer', 'ward-officer']) {
    const token = await logIn(url, account);
    const asked = Object.entries(LISTS).map(([name, query]) => [name, `/api/conversations?limit=50&${query}`]);
    for (const [name, path] of [...asked, ...Object.entries(OTHERS)] as [string, string][]) {
      const times: number[] = [];
      let found = 0;
      for (let round = 0; round < (path.includes('statistics') ? 10 : ROUNDS); round++) {
        const started = performance.now();
        const response = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
        const body = (await response.json()) as { items?: unknown[] };
        if (!response.ok) throw new Error(`${name}: HTTP ${response.status} ${JSON.stringify(body)}`);
        times.push(performance.now() - started);
        found = body.items?.length ?? 1;
      }
      measured[`${account} · ${name}`] = { ...summary(times), found };
    }
  }
  return measured;
}

async function logIn(url: string, account: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/login/officer`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ account, password: PASSWORD }),
  });
  return ((await response.json()) as { token: string }).token;
}
