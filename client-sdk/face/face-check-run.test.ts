import { type FaceCheckView, QinqiaoError } from '@qinqiao/contracts';
import { expect, it } from 'vitest';
import { FakeTimers } from '../support/fake-timers.ts';
import { FaceCheckRun } from './face-check-run.ts';

const view = (change: Partial<FaceCheckView>): FaceCheckView => ({
  id: 'c1',
  purpose: 'login',
  state: 'open',
  reason: null,
  steps: ['centre', 'left'],
  expiresAt: '2026-11-21T08:02:00.000Z',
  done: 0,
  problem: null,
  ...change,
});

/** A server that gives these answers to pictures and questions, one after the other. */
function runWith(answers: (FaceCheckView | QinqiaoError)[], first: FaceCheckView | null = view({})) {
  const timers = new FakeTimers();
  const asked: string[] = [];
  const answer = (what: string) => {
    asked.push(what);
    const next = answers.shift();
    if (next instanceof QinqiaoError) return Promise.reject(next);
    return next ? Promise.resolve(next) : Promise.reject(new QinqiaoError('internal'));
  };
  const run = new FaceCheckRun({
    api: {
      openFaceCheck: () => {
        asked.push('open');
        return Promise.resolve({ check: first });
      },
      getFaceCheck: () => answer('get'),
      addFacePicture: ({ query }) => answer(`picture ${String(query.step)}`),
    },
    callId: null,
    grabberOf: () => ({ grab: () => Promise.resolve(new Blob(['x'])), close: () => {} }),
    timers,
  });
  run.look({} as MediaStreamTrack);
  const pass = async (ms: number) => {
    for (let at = 0; at < ms; at += 100) {
      timers.advance(100);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  };
  return { run, asked, pass };
}

it('sends pictures for the step that is asked for until each is taken, and is done when the server says so', async () => {
  const problem = { zh: '请慢慢向左转头', en: 'Turn your head slowly to your left' };
  const { run, asked, pass } = runWith([view({ done: 1 }), view({ done: 1, problem }), view({ done: 2, state: 'passed' })]);
  run.start();
  await pass(1200);
  expect(run.snapshot.check?.problem).toEqual(problem);
  await pass(1000);
  expect(asked).toEqual(['open', 'picture 0', 'picture 1', 'picture 1']);
  expect(run.snapshot).toMatchObject({ done: true, check: { state: 'passed' } });
  await pass(5000);
  expect(asked).toHaveLength(4);
});

it('waits for an officer, goes on after an error, and opens anew when the time was over', async () => {
  const down = new QinqiaoError('network_failed');
  const { run, asked, pass } = runWith([new QinqiaoError('face_check_over'), down, view({ state: 'waiting' }), view({ state: 'allowed' })]);
  run.start();
  await pass(1000);
  expect(run.snapshot.error).toBeNull();
  await pass(1000);
  expect(run.snapshot.error?.code).toBe('network_failed');
  await pass(4000);
  expect(run.snapshot).toMatchObject({ done: false, error: null, check: { state: 'waiting' } });
  await pass(2500);
  expect(run.snapshot.done).toBe(true);
  expect(asked).toEqual(['open', 'picture 0', 'open', 'picture 0', 'picture 0', 'get']);
});

it('is done at once where none is asked for, and asks nothing more once it is stopped', async () => {
  const none = runWith([], null);
  none.run.start();
  await none.pass(100);
  expect(none.run.snapshot).toEqual({ check: null, done: true, error: null });
  const stopped = runWith([view({}), view({})]);
  stopped.run.start();
  await stopped.pass(100);
  stopped.run.stop();
  await stopped.pass(5000);
  expect(stopped.asked).toEqual(['open']);
});
