// Many clients at once, in a thread of their own.
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { summary } from '../statistics.ts';
import { BenchClient } from './client.ts';
import { LightClient } from './light.ts';

/** `thinking`: each asks and then looks at the answer for two seconds. `burst`: all ask in the same moment. `busy`: each asks anew as soon as it has its answer. */
export type Crowd = 'thinking' | 'burst' | 'busy';
export interface CrowdOrder {
  url: string;
  crowd: Crowd;
  /** Whose log-ins they use, by turns. */
  accounts: readonly string[];
  /** What they ask, by chance. */
  paths: readonly string[];
}

const AT_ONCE = 200;
/** Between two requests of one of many clients. */
const THINK_MS = 2000;
const CROWD_S = 20;
const BUSY_S = 10;

async function thinking(): Promise<object> {
  const clients = await clientsOf();
  const until = Date.now() + CROWD_S * 1000;
  const times: number[] = [];
  await Promise.all(
    clients.map(async (client) => {
      await sleep(THINK_MS * Math.random());
      while (Date.now() < until) {
        times.push((await client.ask(onePath())).ms);
        await sleep(THINK_MS * (0.5 + Math.random()));
      }
    }),
  );
  return { ...summary(times), perSecond: Math.round(times.length / CROWD_S) };
}

async function burst(): Promise<object> {
  const clients = await lightClients();
  return summary(await Promise.all(clients.map((client) => client.ask(onePath()))));
}

async function busy(): Promise<object> {
  const clients = await lightClients();
  const begun = Date.now();
  const until = begun + BUSY_S * 1000;
  const times: number[] = [];
  await Promise.all(
    clients.map(async (client) => {
      while (Date.now() < until) times.push(await client.ask(onePath()));
    }),
  );
  return { ...summary(times), perSecond: Math.round((times.length / (Date.now() - begun)) * 1000) };
}

/** As many, over connections that are open already. */
async function lightClients(): Promise<LightClient[]> {
  const tokens = await Promise.all(accounts.map((account) => BenchClient.logIn(url, account).then(({ token }) => token)));
  return Promise.all(Array.from({ length: AT_ONCE }, (_, index) => LightClient.open(url, tokens[index % tokens.length] ?? '')));
}

async function clientsOf(): Promise<BenchClient[]> {
  const bases = await Promise.all(accounts.map((account) => BenchClient.logIn(url, account)));
  return Array.from({ length: AT_ONCE }, (_, index) => bases[index % bases.length] as BenchClient);
}

const { url, crowd, accounts, paths } = workerData as CrowdOrder;
const onePath = () => paths[Math.floor(Math.random() * paths.length)] ?? '';
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
parentPort?.postMessage(await { thinking, burst, busy }[crowd]());
