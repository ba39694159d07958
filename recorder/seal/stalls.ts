import type { Progress } from '@qinqiao/domain/recordings';
import { QinqiaoError } from '@qinqiao/contracts';

/**
 * Runs work that reads and writes, and leaves it when no byte has passed for `stallMs`, or when `signal` says so: a disk or a server that hangs
 * must not hold up the rest. Throws `storage_unavailable` then.
 */
export async function watchStalls<Result>(
  { signal, stallMs }: { signal: AbortSignal; stallMs: number },
  work: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  const stop = new AbortController();
  const stalled = () => stop.abort(new QinqiaoError('storage_unavailable', { detail: 'the storage does not go on' }));
  let timer = setTimeout(stalled, stallMs);
  const onBytes = () => {
    clearTimeout(timer);
    timer = setTimeout(stalled, stallMs);
  };
  const either = AbortSignal.any([signal, stop.signal]);
  const left = Promise.withResolvers<never>();
  const leave = () => left.reject(either.reason as Error);
  either.addEventListener('abort', leave);
  try {
    if (either.aborted) leave();
    return await Promise.race([work({ signal: either, onBytes }), left.promise]);
  } finally {
    clearTimeout(timer);
    either.removeEventListener('abort', leave);
  }
}
