import { FakeClock, toInstant } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES, openTestStore } from '../testing.ts';
import { countWaiting, Dispatcher, type Message, retryAfterMs, sendLater } from './index.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let clock: FakeClock;
const send = (key: string, topic = 'a', payload = { key }) =>
  store.db.transaction().execute((trx) => sendLater(trx, { topic, key, payload }, toInstant(clock.now())));

describe.each(DATABASES)('the outbox on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    clock = new FakeClock();
  });
  afterEach(() => store[Symbol.asyncDispose]());

  it('delivers each message to the receiver of its topic, in order, and keeps what nobody takes', async () => {
    for (const key of ['1', '2', '3']) {
      expect(await send(key)).toBe(true);
      clock.advance(1);
    }
    await send('4', 'other');
    const got: Message[] = [];
    const dispatcher = new Dispatcher(store.db, { clock, receivers: { a: (message) => Promise.resolve(void got.push(message)) } });
    while (await dispatcher.deliverOne());
    expect(got).toMatchObject([{ key: '1', topic: 'a', payload: { key: '1' }, attempt: 1 }, { key: '2' }, { key: '3' }]);
    expect(await countWaiting(store.db)).toEqual({ other: 1 });
  });

  it('has a message of a key once, and none of a change that did not happen', async () => {
    expect([await send('1'), await send('1')]).toEqual([true, false]);
    const failing = store.db.transaction().execute(async (trx) => {
      await sendLater(trx, { topic: 'a', key: '2', payload: {} }, toInstant(clock.now()));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await countWaiting(store.db)).toEqual({ a: 1 });
  });

  it('delivers again what was not taken, later and later, and never gives up', async () => {
    await send('1');
    let failures = 0;
    const receive = ({ attempt }: Message) => (attempt < 12 ? Promise.reject(new Error(`no ${++failures}`)) : Promise.resolve());
    const dispatcher = new Dispatcher(store.db, { clock, receivers: { a: receive } });
    for (let attempt = 1; attempt < 12; attempt++) {
      expect(await dispatcher.deliverOne()).toBe(true);
      expect(await dispatcher.deliverOne()).toBe(false);
      clock.advance(retryAfterMs(attempt));
    }
    expect([failures, retryAfterMs(11), retryAfterMs(9999)]).toEqual([11, 300_000, 300_000]);
    expect([await dispatcher.deliverOne(), await countWaiting(store.db)]).toEqual([true, {}]);
  });

  it('delivers again what a dispatcher that died had taken', async () => {
    await send('1');
    const dying = new Dispatcher(store.db, { clock, leaseMs: 5000, receivers: { a: () => new Promise(() => undefined) } });
    void dying.deliverOne();
    const attempts: number[] = [];
    const other = new Dispatcher(store.db, { clock, receivers: { a: ({ attempt }) => Promise.resolve(void attempts.push(attempt)) } });
    await expect
      .poll(
        async () => (await store.db.withTables<{ outbox: { attempts: number } }>().selectFrom('outbox').selectAll().execute())[0]?.attempts,
      )
      .toBe(1);
    expect(await other.deliverOne()).toBe(false);
    clock.advance(5000);
    expect([await other.deliverOne(), attempts]).toEqual([true, [2]]);
  });

  it('delivers each message once when several dispatchers run and nothing fails', async () => {
    for (let i = 0; i < 20; i++) await send(`k${i}`);
    const got: string[] = [];
    const receivers = { a: ({ key }: Message) => Promise.resolve(void got.push(key)) };
    const running = [1, 2, 3].map(() => new Dispatcher(store.db, { clock, receivers, pollMs: 5 }).start());
    await expect.poll(async () => countWaiting(store.db)).toEqual({});
    await Promise.all(running.map((dispatcher) => dispatcher[Symbol.asyncDispose]()));
    expect(got.toSorted()).toEqual(Array.from({ length: 20 }, (_, i) => `k${i}`).toSorted());
  });
});
