import {
  ackOf,
  CALL_NAMESPACE,
  type CallPush,
  type CallPushName,
  type CallRequestInput,
  type CallRequestName,
  type CallRequestOutput,
  callPushes,
  callRequests,
  QinqiaoError,
} from '@qinqiao/contracts';
import { io, type Socket } from 'socket.io-client';

const CONNECT_MS = 8000;
const REQUEST_MS = 8000;

export type PushHandler = <Name extends CallPushName>(name: Name, data: CallPush<Name>) => void;

export interface CallSocketOptions {
  /** Origin of the server; empty for the page's own. */
  serverUrl: string;
  onPush: PushHandler;
  /** The line was there and is gone. Not called after `close`. */
  onDown: (reason: string) => void;
}

/** The socket of one call page: contract-checked requests and pushes. It does not reconnect by itself, its owner decides when. */
export class CallSocket {
  readonly #options: CallSocketOptions;
  readonly #socket: Socket;
  #closed = false;
  #pending = 0;
  #leaving = false;

  constructor(options: CallSocketOptions) {
    this.#options = options;
    this.#socket = io(`${options.serverUrl.replace(/\/$/, '')}${CALL_NAMESPACE}`, {
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      autoConnect: false,
      reconnection: false,
      forceNew: true,
      timeout: CONNECT_MS,
    });
    this.#socket.on('disconnect', (reason) => {
      if (!this.#closed && !this.#leaving && reason !== 'io client disconnect') options.onDown(reason);
    });
    for (const name of Object.keys(callPushes) as CallPushName[]) this.#socket.on(name, (data: unknown) => this.#receive(name, data));
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  /** Connects if it is not. Rejects with `network_failed`. */
  async connect(): Promise<void> {
    if (this.#closed) throw new QinqiaoError('network_failed', { detail: 'closed' });
    this.#leaving = false;
    if (this.#socket.connected) return;
    await new Promise<void>((resolve, reject) => {
      const fail = (error: unknown) => {
        stop();
        reject(new QinqiaoError('network_failed', { cause: error, detail: 'connect' }));
      };
      const done = () => {
        stop();
        resolve();
      };
      // The manager's own time-out covers the transport; this one covers a server that takes the line and then says nothing.
      const timer = setTimeout(() => {
        this.#socket.disconnect();
        fail('time-out');
      }, CONNECT_MS + 1000);
      const stop = () => {
        clearTimeout(timer);
        this.#socket.off('connect', done).off('connect_error', fail).off('disconnect', fail);
      };
      this.#socket.on('connect', done).on('connect_error', fail).on('disconnect', fail);
      this.#socket.connect();
    });
  }

  /** Sends a request and waits for its answer. Rejects with the server's error, or `network_failed` when none came in time. */
  async request<Name extends CallRequestName>(
    name: Name,
    input: CallRequestInput<Name>,
    timeoutMs = REQUEST_MS,
  ): Promise<CallRequestOutput<Name>> {
    if (!this.#socket.connected) throw new QinqiaoError('network_failed', { detail: `${name}: not connected` });
    const raw = await this.#ask(name, input, timeoutMs);
    const ack = ackOf(callRequests[name].output).safeParse(raw);
    if (!ack.success) throw new QinqiaoError('internal', { cause: ack.error, detail: `${name}: the answer does not fit the contract` });
    if (!ack.data.ok) throw QinqiaoError.fromBody(ack.data.error);
    return ack.data.data as CallRequestOutput<Name>;
  }

  async #ask(name: string, input: unknown, timeoutMs: number): Promise<unknown> {
    this.#pending++;
    try {
      return await this.#socket.timeout(timeoutMs).emitWithAck(name, input);
    } catch (error) {
      throw new QinqiaoError('network_failed', { cause: error, detail: name });
    } finally {
      this.#pending--;
      if (this.#leaving && this.#pending === 0) this.#socket.disconnect();
    }
  }

  /** Cuts a line that no longer answers; `onDown` is told, `connect` makes a new one. */
  drop(reason: string): void {
    if (!this.#socket.connected) return;
    this.#socket.disconnect();
    if (!this.#closed) this.#options.onDown(reason);
  }

  /**
   * Ends the line on purpose, when the answers still awaited are there: who cut a call off learns that it worked, though the call's
   * end was announced first. `onDown` is not told; `connect` makes a new line.
   */
  disconnect(): void {
    this.#leaving = true;
    if (this.#pending === 0) this.#socket.disconnect();
  }

  close(): void {
    this.#closed = true;
    this.#socket.disconnect();
    this.#socket.removeAllListeners();
  }

  #receive(name: CallPushName, data: unknown): void {
    const parsed = callPushes[name].safeParse(data);
    if (parsed.success) this.#options.onPush(name, parsed.data);
    else
      console.warn(`${name} does not fit the contract and was left out:`, parsed.error.issues.map(({ path }) => path.join('.')).join(', '));
  }
}
