import { expect, it, vi } from 'vitest';
import { Turns } from './turns.ts';

it('lets others have their turn between two of many', async () => {
  const turns = new Turns();
  const order: string[] = [];
  let others = 0;
  const other = () => {
    order.push(`other ${others++}`);
    if (others < 3) setImmediate(other);
  };
  setImmediate(other);
  const work = async (name: string) => {
    await turns.take();
    order.push(name);
  };
  await Promise.all(['a', 'b', 'c'].map(work));
  expect(order).toEqual(['a', 'other 0', 'b', 'other 1', 'c']);
});

it('keeps nobody waiting who comes alone', async () => {
  const turns = new Turns();
  await turns.take();
  await new Promise((resolve) => void setImmediate(resolve));
  await new Promise((resolve) => void setImmediate(resolve));
  let late = false;
  setImmediate(() => (late = true));
  await turns.take();
  expect(late).toBe(false);
});

it('works on so many at a time, in the order in which they came', async () => {
  const turns = new Turns(2);
  const leave = [await turns.take(), await turns.take()];
  const begun: string[] = [];
  const late = ['c', 'd'].map(async (name) => {
    const mine = await turns.take();
    begun.push(name);
    return mine;
  });
  await new Promise((resolve) => void setImmediate(resolve));
  expect(begun).toEqual([]);
  leave[0]?.();
  // Twice is once.
  leave[0]?.();
  (await late[0])?.();
  await late[1];
  expect(begun).toEqual(['c', 'd']);
});

it('gives the place of one who takes long to the next', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const turns = new Turns(1);
  await turns.take();
  let begun = false;
  const next = turns.take().then(() => (begun = true));
  await vi.advanceTimersByTimeAsync(99);
  expect(begun).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await next;
  expect(begun).toBe(true);
  vi.useRealTimers();
});

it.each([
  ['one after the other', undefined],
  ['two at a time', 2],
])('tells how many are there, where %s', async (_name, places) => {
  const turns = new Turns(places);
  const seen: number[] = [];
  const work = async () => {
    const leave = await turns.take();
    seen.push(turns.crowd);
    await new Promise((resolve) => void setImmediate(resolve));
    leave();
  };
  await Promise.all(Array.from({ length: 5 }, work));
  // The last ones are there together.
  expect([seen[0], seen.at(-1)]).toEqual([5, places ?? 1]);
  await work();
  expect(seen.at(-1)).toBe(1);
});
