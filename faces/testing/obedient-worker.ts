// A thread in the place of the models' for the pool's tests: the first byte of a picture says what it does.
import { parentPort } from 'node:worker_threads';
import type { Answer, Question } from '../embedded/messages.ts';

export const ANSWER = 0;
export const CRASH = 1;
export const HANG = 2;

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
const tell = (message: Answer) => parentPort?.postMessage(message);

parentPort?.on('message', ({ picture }: Question) => {
  const what = 'encoded' in picture ? picture.encoded[0] : ANSWER;
  if (what === CRASH) throw new Error('asked to crash');
  if (what === ANSWER) tell({ what: 'seen', faces: [] });
});
tell({ what: 'ready' });
