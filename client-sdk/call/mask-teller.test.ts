import type { MaskReport } from '@qinqiao/contracts';
import { expect, it, vi } from 'vitest';
import { FakeTimers } from '../support/fake-timers.ts';
import { MaskTeller } from './mask-teller.ts';

const MASKED: MaskReport = { state: 'masked', fault: null, framesPerSecond: 20 };
const BLACK: MaskReport = { state: 'black', fault: 'late', framesPerSecond: 0 };

function setUp() {
  const timers = new FakeTimers();
  const send = vi.fn<(report: MaskReport) => Promise<void>>(() => Promise.resolve());
  return { timers, send, teller: new MaskTeller(timers, send) };
}

it('tells a change at once, the frame rate alone every five seconds', () => {
  const { timers, send, teller } = setUp();
  for (let i = 0; i < 40; i++) {
    teller.tell({ ...MASKED, framesPerSecond: i });
    timers.advance(250);
  }
  expect(send.mock.calls.map(([report]) => report.framesPerSecond)).toEqual([0, 20]);
  teller.tell(BLACK);
  expect(send).toHaveBeenLastCalledWith(BLACK);
});

it('a mask that comes and goes is told at most every 600 ms, and the last word is the true one', () => {
  const { timers, send, teller } = setUp();
  for (let i = 0; i <= 100; i++) {
    teller.tell(i % 2 ? BLACK : MASKED);
    timers.advance(20);
  }
  timers.advance(1000);
  expect(send.mock.calls.length).toBeLessThanOrEqual(5);
  expect(send).toHaveBeenLastCalledWith(MASKED);
});

it('says all again after a new join, and nothing when there is nothing to say', () => {
  const { send, teller } = setUp();
  teller.joined();
  expect(send).not.toHaveBeenCalled();
  teller.tell(MASKED);
  teller.joined();
  expect(send).toHaveBeenCalledTimes(2);
});
