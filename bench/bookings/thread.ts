// 200 families who look at slots and book, in a thread of their own.
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { summary } from '../statistics.ts';

export interface FamiliesOrder {
  url: string;
  users: { token: string; inmateId: string }[];
  /** Local days that are looked at. */
  from: string;
  to: string;
  seconds: number;
  /** Between two requests of one family, ms. */
  thinkMs: number;
}

const { url, users, from, to, seconds, thinkMs } = workerData as FamiliesOrder;
const times: Record<'slots' | 'booking' | 'cancelling', number[]> = { slots: [], booking: [], cancelling: [] };
const refused: Record<string, number> = {};

async function ask(
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ ms: number; status: number; body: Record<string, unknown> }> {
  const begun = performance.now();
  const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(url + path, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const answer = (await response.json()) as Record<string, unknown>;
  return { ms: performance.now() - begun, status: response.status, body: answer };
}
const think = () => sleep(thinkMs * (0.5 + Math.random()));

async function family({ token, inmateId }: FamiliesOrder['users'][number], until: number): Promise<void> {
  await sleep(thinkMs * 2 * Math.random());
  while (Date.now() < until) {
    const seen = await ask(token, 'GET', `/api/slots?inmateId=${inmateId}&kind=video&from=${from}&to=${to}`);
    times.slots.push(seen.ms);
    const free = (seen.body['items'] as { id: string; state: string }[]).filter(({ state }) => state === 'free');
    const slot = free[Math.floor(Math.random() * free.length)];
    if (!slot) throw new Error('no slot is free');
    await think();
    const booked = await ask(token, 'POST', '/api/appointments', { slotId: slot.id, inmateId });
    if (booked.status === 200) times.booking.push(booked.ms);
    else {
      const why = JSON.stringify(booked.body['fields'] ?? booked.body['code']);
      refused[why] = (refused[why] ?? 0) + 1;
    }
    await think();
    if (booked.status !== 200) continue;
    const { id, version } = booked.body as { id: string; version: number };
    times.cancelling.push((await ask(token, 'POST', `/api/appointments/${id}/cancel`, { reason: '有事', version })).ms);
    await think();
  }
}

const until = Date.now() + seconds * 1000;
await Promise.all(users.map((user) => family(user, until)));
const { slots, booking, cancelling } = times;
const result = { slots: summary(slots), booking: summary(booking), cancelling: summary(cancelling), refused };
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
parentPort?.postMessage(result);
