import { AsyncLocalStorage } from 'node:async_hooks';

/** Of which request something is done: what the audit trail and the log note of it. */
export interface RequestTrace {
  requestId: string;
  /** The client's network address. */
  address: string;
}

const traces = new AsyncLocalStorage<RequestTrace>();

/** Runs this, and all that it leads to, as part of a request. */
export const runTraced = <Result>(trace: RequestTrace, run: () => Result): Result => traces.run(trace, run);

/** The request that is being worked on, or undefined when nobody asked for what is being done. */
export const currentTrace = (): RequestTrace | undefined => traces.getStore();

/** An address as people write it: IPv4 without the wrapping of IPv6 sockets. */
export const plainAddress = (address: string | undefined): string => (address ?? '').replace(/^::ffff:/i, '').slice(0, 64);
