import { type ErrorCode, QinqiaoError } from '@qinqiao/contracts';
import { describe, expect, it, vi } from 'vitest';
import { FakeTimers } from '../support/fake-timers.ts';
import { Publishing } from './publishing.ts';

function setUp(outcomes: (ErrorCode | null)[]) {
  const timers = new FakeTimers();
  const publish = vi.fn(async () => {
    const code = outcomes.length > 1 ? outcomes.shift() : outcomes[0];
    if (code) throw new QinqiaoError(code);
  });
  const onProblem = vi.fn<(problem: QinqiaoError | null) => void>();
  const onSuspect = vi.fn();
  const publishing = new Publishing({ timers, publish, onProblem, onSuspect });
  /** Lets what is under way finish, then time pass. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 500) {
      timers.advance(500);
      await Promise.resolve();
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  return { publishing, publish, onProblem, onSuspect, pass };
}

describe('publishing', () => {
  it('tries again by itself until it works', async () => {
    const { publishing, publish, onProblem, onSuspect, pass } = setUp(['media_unavailable', 'media_rejected', null]);
    await publishing.sync();
    await pass(10_000);
    expect(publish).toHaveBeenCalledTimes(3);
    expect(onProblem.mock.calls.map(([problem]) => problem?.code ?? null)).toEqual(['media_unavailable', 'media_rejected', null]);
    expect(onSuspect).not.toHaveBeenCalled();
  });

  it('asks for a new join once, then goes on trying without', async () => {
    const { publishing, publish, onSuspect, pass } = setUp(['media_rejected']);
    await publishing.sync();
    await pass(10_000);
    expect(publish).toHaveBeenCalledTimes(3);
    expect(onSuspect).toHaveBeenCalledOnce();
    publishing.pause();
    await publishing.sync();
    await pass(60_000);
    expect(publish.mock.calls.length).toBeGreaterThan(6);
    expect(onSuspect).toHaveBeenCalledOnce();
  });

  it.each(['call_on_hold', 'network_failed'] as const)('%s is no problem to show, and waits for the next occasion', async (code) => {
    const { publishing, publish, onProblem, pass } = setUp([code]);
    await publishing.sync();
    await pass(60_000);
    expect(publish).toHaveBeenCalledOnce();
    expect(onProblem).not.toHaveBeenCalled();
  });

  it('a try that is overtaken says nothing more', async () => {
    const { publishing, onProblem, pass } = setUp(['media_rejected']);
    const first = publishing.sync();
    publishing.pause();
    await first;
    await pass(60_000);
    expect(onProblem).not.toHaveBeenCalled();
  });
});
