import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Flusher } from './sqlite-flusher.ts';

/** A disk whose syncs end when they are told to. */
function disk() {
  const syncs: { written: number; end: (error?: Error) => void }[] = [];
  const state = { written: 0 };
  const flusher = new Flusher(() => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    syncs.push({ written: state.written, end: (error) => (error ? reject(error) : resolve()) });
    return promise;
  });
  const done: number[] = [];
  const write = () => {
    const number = ++state.written;
    return flusher.flushed().then(() => done.push(number));
  };
  return { syncs, write, done };
}

it('is done when a sync that began after the write has ended, and many share one', async () => {
  const { syncs, write, done } = disk();
  void write();
  await turn();
  void write();
  void write();
  await turn();
  expect(syncs.map(({ written }) => written)).toEqual([1]);
  syncs[0]?.end();
  await turn();
  expect(done).toEqual([1]);
  expect(syncs.map(({ written }) => written)).toEqual([1, 3]);
  void write();
  await turn();
  expect(done).toEqual([1]);
  syncs[1]?.end();
  await turn();
  expect(done).toEqual([1, 2, 3]);
  syncs[2]?.end();
  await turn();
  expect(done).toEqual([1, 2, 3, 4]);
});

it('believes no disk that has once refused', async () => {
  const { syncs, write } = disk();
  const first = write();
  await turn();
  syncs[0]?.end(new Error('no space'));
  await expect(first).rejects.toThrow('no space');
  await expect(write()).rejects.toThrow('no space');
  expect(syncs).toHaveLength(1);
});
