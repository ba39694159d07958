import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { progress } from '../stage.ts';
import type { CrowdOrder } from './thread.ts';

export { BENCH_PASSWORD, BenchClient } from './client.ts';

const BURSTS = 8;

type Order = Omit<CrowdOrder, 'crowd'>;

/** 200 clients in a thread of their own, so that they take nothing from the server's: thinking between requests, all in one moment some times, and without a pause. */
export async function crowdOf(order: Order): Promise<{ thinking: object; bursts: object[]; busy: object }> {
  const thinking = await inThread({ ...order, crowd: 'thinking' });
  const bursts: object[] = [];
  for (let round = 0; round < BURSTS; round++) bursts.push(await inThread({ ...order, crowd: 'burst' }));
  return { thinking, bursts, busy: await inThread({ ...order, crowd: 'busy' }) };
}

async function inThread(order: CrowdOrder): Promise<object> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: order });
  const [result] = (await once(worker, 'message')) as [object];
  progress(`200 clients, ${order.crowd}: ${JSON.stringify(result)}`);
  return result;
}
