import { setTimeout as sleep } from 'node:timers/promises';
import type { PeopleStage } from '../people.ts';
import { progress } from '../stage.ts';
import { summary } from '../statistics.ts';
import { BenchClient } from './client.ts';
import { FAMILIES, idNumberOf, idOf, INMATES, phoneOf } from './generate.ts';

const ROUNDS = 60;
const AT_ONCE = 200;
/** Between two requests of one of many clients. */
const THINK_MS = 2000;
const CROWD_S = 20;
const random = (size: number) => Math.floor(Math.random() * size);
const one = (texts: readonly string[]) => encodeURIComponent(texts[random(texts.length)] ?? '');

/** What is asked, by name. */
const ASKED: Record<string, () => string> = {
  'inmates: first page': () => '/api/inmates',
  'inmates: level, state': () => '/api/inmates?level=strict&state=in_custody',
  'inmates: rare flags': () => '/api/inmates?keyControl=true&involved=cult&level=observation',
  'inmates: by name': () => `/api/inmates?text=${one(['王', '李伟', '孔', '欧阳'])}`,
  'inmates: part of a name': () => `/api/inmates?text=${one(['建国', '雪飞', '鹏'])}`,
  'inmates: pinyin': () => `/api/inmates?text=${one(['w', 'zw', 'lxm', 'qq'])}`,
  'inmates: number': () => `/api/inmates?text=310${random(9)}0`,
  'inmates: ID number': () => `/api/inmates?text=${idNumberOf(random(INMATES))}`,
  'families: first page': () => '/api/families',
  'families: by name': () => `/api/families?text=${one(['王', '李伟', '孔', '欧阳'])}`,
  'families: part of a name': () => `/api/families?text=${one(['建国', '雪飞', '鹏'])}`,
  'families: pinyin': () => `/api/families?text=${one(['w', 'zw', 'lxm', 'qq'])}`,
  'families: phone': () => `/api/families?text=${phoneOf(random(FAMILIES))}`,
  'families: of one inmate': () => `/api/families?inmateId=${idOf('i', random(INMATES))}`,
};
const DETAILS: Record<string, () => string> = {
  'inmate: detail (audited)': () => `/api/inmates/${idOf('i', random(INMATES / 15) * 15 + 3)}`,
  'family: detail (audited)': () => `/api/families/${idOf('f', random(3000) * 15 + 3)}`,
};

/** Milliseconds of each question for an officer of the bureau and one of a prison, alone; and of all of them with 200 clients. */
export async function benchQueries({ url }: PeopleStage) {
  const alone: Record<string, object> = {};
  for (const account of ['bureau', 'prison', 'ward']) {
    const client = await BenchClient.logIn(url, account);
    const asked = account === 'ward' ? ASKED : { ...ASKED, ...DETAILS };
    for (const [name, path] of Object.entries(asked)) {
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round++) times.push((await client.ask(path())).ms);
      alone[`${account} · ${name}`] = summary(times);
      progress(`${account} · ${name}: ${JSON.stringify(alone[`${account} · ${name}`])}`);
    }
  }
  return { alone, crowd: await crowd(url), burst: await burst(url) };
}

const paths = [...Object.values(ASKED), ...Object.values(DETAILS)];

/** 200 clients, each asking and then looking at the answer for two seconds. */
async function crowd(url: string): Promise<object> {
  const clients = await clientsOf(url);
  const until = Date.now() + CROWD_S * 1000;
  const times: number[] = [];
  await Promise.all(
    clients.map(async (client) => {
      await sleep(random(THINK_MS));
      while (Date.now() < until) {
        times.push((await client.ask(paths[random(paths.length)]?.() ?? '')).ms);
        await sleep(THINK_MS * (0.5 + Math.random()));
      }
    }),
  );
  const result = { ...summary(times), perSecond: Math.round(times.length / CROWD_S) };
  progress(`200 clients: ${JSON.stringify(result)}`);
  return result;
}

/** 200 requests in the same moment. */
async function burst(url: string): Promise<object> {
  const clients = await clientsOf(url);
  const times = await Promise.all(clients.map(async (client) => (await client.ask(paths[random(paths.length)]?.() ?? '')).ms));
  const result = summary(times);
  progress(`200 in one moment: ${JSON.stringify(result)}`);
  return result;
}

async function clientsOf(url: string): Promise<BenchClient[]> {
  const bases = [await BenchClient.logIn(url, 'bureau'), await BenchClient.logIn(url, 'prison')];
  return Array.from({ length: AT_ONCE }, (_, index) => bases[index % bases.length] as BenchClient);
}
