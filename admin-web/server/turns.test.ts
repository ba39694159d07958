import { expect, it } from 'vitest';
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
