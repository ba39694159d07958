/** Time as the SDK uses it, so that tests can turn the clock by hand. */
export interface Timers {
  /** Milliseconds that never jump, whatever happens to the device's clock. */
  now(): number;
  /** Runs once after `ms`; the returned function cancels. */
  after(ms: number, run: () => void): () => void;
}

export const browserTimers: Timers = {
  now: () => performance.now(),
  after(ms, run) {
    const handle = setTimeout(run, ms);
    return () => clearTimeout(handle);
  },
};

/** Runs again and again, `ms` apart. */
export function every(timers: Timers, ms: number, run: () => void): () => void {
  let cancel = () => {};
  const arm = () => {
    cancel = timers.after(ms, () => {
      arm();
      run();
    });
  };
  arm();
  return () => cancel();
}
