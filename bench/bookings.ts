import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { loginFamily } from '@qinqiao/domain/identity';
import { addDays, type Db, dayOf, hashPassword, refreshStatistics, systemClock } from '@qinqiao/server-kit';
import { addBenchYear, inmateId, phoneOf, USERS } from './bookings/generate.ts';
import type { FamiliesOrder } from './bookings/thread.ts';
import { serveRest } from './serve.ts';
import { progress } from './stage.ts';
import { openBenchStore } from './store.ts';
import { summary } from './statistics.ts';

const PASSWORD = 'Bench-2026-family';
const ALONE = 60;

/**
 * Free slots and bookings at the REST API with a year of 15 prisons in the store (1.5 million appointments): one family, and 200 who book at the
 * same time with some seconds between two requests of each. `--on mariadb`: on a private MariaDB; else on SQLite.
 */
export async function benchBookings() {
  await using stack = new AsyncDisposableStack();
  const { on, db, crypto, dataDir } = await openBenchStore(stack);
  const begun = performance.now();
  await addBenchYear(db, crypto, await hashPassword(PASSWORD));
  await refreshStatistics(db);
  progress(`generated in ${Math.round((performance.now() - begun) / 1000)} s`);
  const url = await serveRest(stack, { db, crypto, dataDir });
  const users = await logInAll(db, crypto);
  const days = { from: addDays(dayOf(Date.now()), 1), to: addDays(dayOf(Date.now()), 7) };
  const alone = await oneFamily(url, users[0] as FamiliesOrder['users'][number], days);
  progress(`one family: ${JSON.stringify(alone)}`);
  const lists = await officerLists(url);
  progress(`officers' lists: ${JSON.stringify(lists)}`);
  const crowd = await families({ url, users, ...days, seconds: 60, thinkMs: 3000 });
  progress(`200 families: ${JSON.stringify(crowd)}`);
  return { on, alone, lists, crowd };
}

async function logInAll(db: Db, crypto: Parameters<typeof loginFamily>[1]): Promise<FamiliesOrder['users']> {
  const users: FamiliesOrder['users'] = [];
  for (let index = 0; index < USERS; index++) {
    const { token } = await loginFamily(db, crypto, systemClock, { phone: phoneOf(index), password: PASSWORD });
    users.push({ token, inmateId: inmateId(index) });
  }
  return users;
}

async function oneFamily(
  url: string,
  { token, inmateId: inmate }: FamiliesOrder['users'][number],
  { from, to }: { from: string; to: string },
) {
  const times: Record<'slots' | 'booking' | 'cancelling', number[]> = { slots: [], booking: [], cancelling: [] };
  const ask = async (kind: keyof typeof times, method: string, path: string, body?: object) => {
    const started = performance.now();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const answer = (await response.json()) as { items: { id: string; state: string }[]; id: string; version: number };
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
    times[kind].push(performance.now() - started);
    return answer;
  };
  for (let round = 0; round < ALONE; round++) {
    const { items } = await ask('slots', 'GET', `/api/slots?inmateId=${inmate}&kind=video&from=${from}&to=${to}`);
    const free = items.filter(({ state }) => state === 'free');
    const { id, version } = await ask('booking', 'POST', '/api/appointments', { slotId: free[round % free.length]?.id, inmateId: inmate });
    await ask('cancelling', 'POST', `/api/appointments/${id}/cancel`, { reason: '有事', version });
  }
  return { slots: summary(times.slots), booking: summary(times.booking), cancelling: summary(times.cancelling) };
}

const LISTS: Record<string, string> = {
  'first page': '',
  'one prison, approved': '&prisonId=prison-3&state=approved',
  'a ward': '&wardId=prison-3-ward',
  'a day': `&from=${addDays(dayOf(Date.now()), -100)}&to=${addDays(dayOf(Date.now()), -100)}`,
  'a state that is rare': '&state=stopped',
  'extra calls': '&extra=true',
  'an inmate’s number': '&text=N00004321',
  'a name of many': `&text=${encodeURIComponent('罪犯')}`,
  'a name of nobody': `&text=${encodeURIComponent('无此人')}`,
};
const ROUNDS = 30;

/** Milliseconds of the officers' list of appointments, for one of the bureau and one of a prison. */
async function officerLists(url: string): Promise<object> {
  const lists: Record<string, object> = {};
  for (const account of ['bureau', 'prison-3']) {
    const login = await fetch(`${url}/api/login/officer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ account, password: PASSWORD }),
    });
    const { token } = (await login.json()) as { token: string };
    for (const [name, query] of Object.entries(LISTS)) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        const started = performance.now();
        const response = await fetch(`${url}/api/appointments?limit=50${query}`, { headers: { authorization: `Bearer ${token}` } });
        await response.json();
        if (!response.ok) throw new Error(`${name}: HTTP ${response.status}`);
        times.push(performance.now() - started);
      }
      lists[`${account} · ${name}`] = summary(times);
    }
  }
  return lists;
}

async function families(order: FamiliesOrder): Promise<object> {
  const worker = new Worker(new URL('./bookings/thread.ts', import.meta.url), { workerData: order });
  const [result] = (await once(worker, 'message')) as [object];
  return result;
}
