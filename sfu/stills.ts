import { setTimeout as sleep } from 'node:timers/promises';
import type { Consumer } from 'mediasoup/types';

/** From the first packet of a key frame to its last: what the sender's pacing and a repeated packet take. */
const KEY_FRAME_MS = 400;
/** A sender that answers no sooner has lost its sending: the next turn asks again. */
const LONGEST_WAIT_MS = 1500;

/**
 * Lets one key frame pass every so often, and nothing between: resuming asks the sender for one. Whoever only looks at stills is spared the
 * packets of all other frames. Ends with the consumer.
 */
export async function passStills(consumer: Consumer, everyMs: number): Promise<void> {
  const stop = new AbortController();
  consumer.observer.once('close', () => stop.abort());
  let came = Promise.withResolvers<void>();
  consumer.on('trace', ({ type }) => {
    if (type === 'keyframe') came.resolve();
  });
  try {
    await consumer.enableTraceEvent(['keyframe']);
    while (!consumer.closed) {
      const begin = performance.now();
      came = Promise.withResolvers();
      await consumer.resume();
      await Promise.race([came.promise, sleep(LONGEST_WAIT_MS, null, { signal: stop.signal })]);
      await sleep(KEY_FRAME_MS, null, { signal: stop.signal });
      await consumer.pause();
      await sleep(Math.max(0, everyMs - (performance.now() - begin)), null, { signal: stop.signal });
    }
  } catch (error) {
    // What a consumer that was closed meanwhile says is no failure.
    if (!consumer.closed) throw error;
  }
}
