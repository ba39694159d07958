import { WebSocket } from 'ws';
import { SAMPLES_PER_MS } from '../audio/time-map.ts';
import type { EngineConnection, EngineEvents, EngineText } from './port.ts';

const MAX_MESSAGE_BYTES = 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5000;
const PING_MS = 1000;
/** Messages that make no sense are passed over, but not endlessly. */
const MAX_NONSENSE = 10;
/** After the last audio, the server's last text is awaited: so long when some is due, else only so long. */
const CLOSING_MS = { due: 3000, nothingDue: 500 };

/** How a wss:// service proves who it is. */
export interface TlsTrust {
  /** PEM of the authority that signed its certificate; null: those the system trusts. */
  ca: string | null;
  /** Takes any certificate: the line is encrypted, but nobody knows to whom. */
  acceptAny: boolean;
}
export const SYSTEM_TRUST: TlsTrust = { ca: null, acceptAny: false };

/** Opens the websocket of a speech service. What it sends is limited, whatever it is. */
export function openSocket(url: string, trust: TlsTrust = SYSTEM_TRUST): WebSocket {
  return new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    followRedirects: false,
    rejectUnauthorized: !trust.acceptAny,
    ...(trust.ca === null ? {} : { ca: trust.ca }),
  });
}

/** Whether the service takes a connection: null, or why not. */
export function checkSocket(name: string, url: string, trust?: TlsTrust): Promise<string | null> {
  const socket = openSocket(url, trust);
  return new Promise((resolve) => {
    socket.on('open', () => {
      resolve(null);
      socket.terminate();
    });
    socket.on('error', (error) => resolve(`${name}: ${describe(error)}`));
  });
}

/** Of a refused connection to several addresses only the code is telling. */
const describe = (error: Error & { code?: string }) => error.message || error.code || 'cannot connect';

/** What one service's protocol says, behind `SocketConnection`. */
export interface Dialect {
  /** Asks the server by pings how far it has read; otherwise `Reading.heardMs` must say it. */
  pings: boolean;
  /** The first message, when there is one. */
  opening: string | null;
  /** Audio may only be sent after a message of the server's that `read` answers with `ready`. */
  awaitsReady: boolean;
  encode(pcm: Int16Array): Uint8Array;
  /** Says that no more audio comes. */
  closing: string | Uint8Array;
  /** Null: makes no sense. `sentMs`: how much audio has been sent. */
  read(message: string, sentMs: number): Reading | null;
  /** Text that has to be told because so much has been sent since; null when there is none. */
  settle?(sentMs: number): EngineText | null;
  /** Whether text that is not final yet waits for its final form. */
  readonly isOpen: boolean;
}

export interface Reading {
  texts?: EngineText[];
  ready?: true;
  /** All audio up to here has been taken. */
  heardMs?: number;
  /** The server has said its last. */
  last?: true;
  /** The server refuses to go on, and why. */
  fault?: string;
}

/** One websocket to a speech service, whatever its dialect. */
export class SocketConnection implements EngineConnection {
  readonly #socket: WebSocket;
  readonly #dialect: Dialect;
  readonly #events: EngineEvents;
  #samplesSent = 0;
  #nonsense = 0;
  #closed = false;
  #finishing = false;
  #reason: string | null = null;
  #closingTimer: NodeJS.Timeout | null = null;
  #pinger: NodeJS.Timeout | null = null;

  constructor(socket: WebSocket, dialect: Dialect, events: EngineEvents) {
    this.#socket = socket;
    this.#dialect = dialect;
    this.#events = events;
    socket.on('open', () => this.#onOpen());
    socket.on('pong', (data) => this.#pong(Number(data.toString())));
    socket.on('message', (data, binary) => this.#read(binary ? null : (data as Buffer).toString('utf8')));
    socket.on('error', (error) => {
      this.#reason ??= describe(error);
    });
    socket.on('close', (code) => this.#close(`connection closed (${code})`));
  }

  get buffered(): number {
    return this.#socket.bufferedAmount;
  }

  send(pcm: Int16Array): void {
    this.#samplesSent += pcm.length;
    this.#socket.send(this.#dialect.encode(pcm), (error) => {
      if (!error && !this.#closed) this.#events.drained();
    });
    const settled = this.#dialect.settle?.(this.#sentMs);
    if (settled) this.#events.text(settled);
  }

  finish(): void {
    this.#finishing = true;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(this.#dialect.closing, () => undefined);
    this.#ping();
    this.#awaitLast();
  }

  destroy(reason: string): void {
    this.#reason ??= reason;
    this.#socket.terminate();
    this.#close(reason);
  }

  get #sentMs(): number {
    return this.#samplesSent / SAMPLES_PER_MS;
  }

  #onOpen(): void {
    const { opening, pings, awaitsReady } = this.#dialect;
    if (opening !== null) this.#socket.send(opening, () => undefined);
    if (pings) this.#pinger = setInterval(() => this.#ping(), PING_MS).unref();
    if (!awaitsReady) this.#events.ready();
  }

  #read(message: string | null): void {
    if (this.#closed) return;
    const reading = message === null ? null : this.#dialect.read(message, this.#sentMs);
    if (reading === null) {
      if (++this.#nonsense > MAX_NONSENSE) this.destroy('engine wrote nonsense');
      return;
    }
    if (reading.ready) this.#events.ready();
    if (reading.heardMs !== undefined) this.#events.heard(Math.min(reading.heardMs, this.#sentMs));
    for (const text of reading.texts ?? []) if (!this.#closed) this.#events.text(text);
    if (this.#closed) return;
    if (reading.fault !== undefined) return this.destroy(reading.fault);
    if (this.#finishing && reading.last) this.#socket.close(1000);
    else if (this.#finishing) this.#awaitLast();
  }

  #awaitLast(): void {
    if (this.#closingTimer) clearTimeout(this.#closingTimer);
    const waitMs = this.#dialect.isOpen ? CLOSING_MS.due : CLOSING_MS.nothingDue;
    this.#closingTimer = setTimeout(() => this.#socket.close(1000), waitMs).unref();
  }

  #ping(): void {
    if (this.#dialect.pings && this.#socket.readyState === WebSocket.OPEN) this.#socket.ping(String(this.#sentMs));
  }

  /** What was sent before a ping has been read by the server before it answered. The pong carries how much that was. */
  #pong(sentMs: number): void {
    if (!this.#closed && sentMs <= this.#sentMs) this.#events.heard(sentMs);
  }

  #close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#pinger) clearInterval(this.#pinger);
    if (this.#closingTimer) clearTimeout(this.#closingTimer);
    this.#events.closed(this.#reason ?? reason);
  }
}

/** The samples as 16-bit little endian, as most services take them. */
export const asInt16 = (pcm: Int16Array): Uint8Array => new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
