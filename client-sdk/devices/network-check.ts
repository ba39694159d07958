import { CallSocket } from '../call/call-socket.ts';
import { asQinqiaoError } from '../errors.ts';

const PINGS = 5;

export interface NetworkCheck {
  /** Median round trip, milliseconds. */
  rttMs: number;
  grade: 'good' | 'fair' | 'poor';
}

/** Asks the server five times and takes the median. Rejects with `network_failed` when it cannot be reached. */
export async function checkNetwork(serverUrl = ''): Promise<NetworkCheck> {
  const socket = new CallSocket({ serverUrl, onPush: () => {}, onDown: () => {} });
  try {
    await socket.connect();
    const times: number[] = [];
    for (let i = 0; i < PINGS; i++) times.push(await roundTrip(socket));
    const rttMs = Math.round(times.sort((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0);
    return { rttMs, grade: rttMs < 200 ? 'good' : rttMs < 500 ? 'fair' : 'poor' };
  } finally {
    socket.close();
  }
}

async function roundTrip(socket: CallSocket): Promise<number> {
  const start = performance.now();
  try {
    await socket.request('call:ping', {});
  } catch (error) {
    // Any answer of the server shows how long the way is.
    if (asQinqiaoError(error).code === 'network_failed') throw error;
  }
  return performance.now() - start;
}
