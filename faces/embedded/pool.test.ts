import { QinqiaoError } from '@qinqiao/contracts';
import { createLogger } from '@qinqiao/server-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { ANSWER, CRASH, HANG } from '../testing/obedient-worker.ts';
import { Pool } from './pool.ts';

const worker = new URL('../testing/obedient-worker.ts', import.meta.url);
const log = createLogger('faces', 'silent');
const question = (what: number) => ({ what: 'see', picture: { encoded: Uint8Array.of(what) }, pose: false, most: 0 }) as const;
const unavailable = new QinqiaoError('face_service_unavailable');
const seen = { what: 'seen', faces: [] };

let pool: Pool;
const open = (options: Partial<ConstructorParameters<typeof Pool>[0]> = {}) => (pool = new Pool({ threads: 1, log, worker, ...options }));
afterEach(() => pool[Symbol.asyncDispose]());

describe('the pool of threads', () => {
  it('replaces a thread that dies: its question fails, those that wait are answered', async () => {
    open();
    const crashing = pool.ask(question(CRASH)).catch((error: unknown) => error);
    const waiting = pool.ask(question(ANSWER));
    expect(await crashing).toEqual(unavailable);
    expect(await waiting).toEqual(seen);
    expect(pool.healthy).toBe(true);
  });

  it('ends a thread that hangs', async () => {
    open({ timeoutMs: 50 });
    expect(await pool.ask(question(HANG)).catch((error: unknown) => error)).toEqual(unavailable);
    expect(await pool.ask(question(ANSWER))).toEqual(seen);
  });

  it('refuses what is too much, background work first, and answers people before it', async () => {
    open({ waiting: 4 });
    await pool.ask(question(ANSWER));
    const hanging = pool.ask(question(HANG)).catch(() => 'ended');
    const order: string[] = [];
    const ask = (name: string, background: boolean) =>
      pool.ask(question(ANSWER), { background }).then(
        () => order.push(name),
        () => order.push(`no ${name}`),
      );
    const waiting = [ask('sample 1', true), ask('sample 2', true), ask('person', false)];
    expect(() => pool.ask(question(ANSWER), { background: true })).toThrow(new QinqiaoError('face_service_busy'));
    expect(pool.waiting).toBe(3);
    for (const name of ['b', 'c', 'd']) waiting.push(ask(name, false));
    expect(() => pool.ask(question(ANSWER))).toThrow(new QinqiaoError('face_service_busy'));
    await pool[Symbol.asyncDispose]();
    await Promise.all([hanging, ...waiting]);
    expect(order).toEqual(['no person', 'no b', 'no c', 'no d', 'no sample 1', 'no sample 2']);
  });

  it('hands out people’s questions before the background’s', async () => {
    open();
    await pool.ask(question(ANSWER));
    const order: string[] = [];
    const first = pool.ask(question(ANSWER)).then(() => order.push('first'));
    const sample = pool.ask(question(ANSWER), { background: true }).then(() => order.push('sample'));
    const person = pool.ask(question(ANSWER)).then(() => order.push('person'));
    await Promise.all([first, sample, person]);
    expect(order).toEqual(['first', 'person', 'sample']);
  });

  it('breaks off what nobody waits for any more, and goes on', async () => {
    open();
    const controller = new AbortController();
    const running = pool.ask(question(ANSWER), { signal: controller.signal }).catch((error: unknown) => error);
    const waiting = pool.ask(question(ANSWER), { signal: controller.signal }).catch((error: unknown) => error);
    controller.abort(new Error('gone away'));
    expect(await running).toEqual(new Error('gone away'));
    expect(await waiting).toEqual(new Error('gone away'));
    expect(pool.waiting).toBe(0);
    expect(await pool.ask(question(ANSWER))).toEqual(seen);
  });

  it('says at once that there is no service when its threads cannot start', async () => {
    open({ worker: new URL('../testing/broken-worker.ts', import.meta.url) });
    expect(await pool.ask(question(ANSWER)).catch((error: unknown) => error)).toEqual(unavailable);
    expect(pool.healthy).toBe(false);
    expect(() => pool.ask(question(ANSWER))).toThrow(unavailable);
  });
});
