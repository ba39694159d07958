// Many clients at once, in a thread of their own.
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { summary } from '../statistics.ts';
import { BenchClient } from './client.ts';

/** `thinking`: each asks and then looks at the answer for two seconds. `burst`: all ask in the same moment. */
export type Crowd = 'thinking' | 'burst';
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
  const clients = await clientsOf();
  const times = await Promise.all(clients.map(async (client) => (await client.ask(onePath())).ms));
  return summary(times);
}

async function clientsOf(): Promise<BenchClient[]> {
  const bases = await Promise.all(accounts.map((account) => BenchClient.logIn(url, account)));
  return Array.from({ length: AT_ONCE }, (_, index) => bases[index % bases.length] as BenchClient);
}

const { url, crowd, accounts, paths } = workerData as CrowdOrder;
const onePath = () => paths[Math.floor(Math.random() * paths.length)] ?? '';
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
parentPort?.postMessage(await (crowd === 'burst' ? burst() : thinking()));
