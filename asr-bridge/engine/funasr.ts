import { WebSocket } from 'ws';
import { CLOSING_MESSAGE, FRAME_SAMPLES, FunasrMessage, FunasrReader, openingMessage } from './funasr-protocol.ts';
import { parseJson } from './json.ts';
import type { EngineConnection, EngineEvents, EngineHints, SpeechEngine } from './port.ts';

const MAX_MESSAGE_BYTES = 1024 * 1024;
const CONNECT_TIMEOUT_MS = 5000;
const PING_MS = 1000;
/** Messages that make no sense are passed over, but not endlessly. */
const MAX_NONSENSE = 10;
/** After the last audio, the server's last text is awaited: so long when some is due, else only so long. */
const CLOSING_MS = { due: 3000, nothingDue: 500 };
/** Provisional text that gets no final one is made final after so much audio without text. */
const SETTLE_MS = 6000;

/** FunASR's websocket service in 2pass mode: provisional text while one speaks, better text after each sentence. */
export class FunasrEngine implements SpeechEngine {
  readonly name = 'funasr';
  readonly trial = false;
  readonly revising = false;
  readonly frameSamples = FRAME_SAMPLES;
  readonly #url: string;

  /** `url`: ws:// or wss://. */
  constructor(options: { url: string }) {
    this.#url = options.url;
  }

  connect(hints: EngineHints, events: EngineEvents): EngineConnection {
    return new FunasrConnection(open(this.#url), hints, events);
  }

  check(): Promise<string | null> {
    const socket = open(this.#url);
    return new Promise((resolve) => {
      socket.on('open', () => {
        resolve(null);
        socket.terminate();
      });
      socket.on('error', (error) => resolve(`funasr: ${describe(error)}`));
    });
  }
}

function open(url: string): WebSocket {
  return new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
    followRedirects: false,
  });
}

/** Of a refused connection to several addresses only the code is telling. */
const describe = (error: Error & { code?: string }) => error.message || error.code || 'cannot connect';

class FunasrConnection implements EngineConnection {
  readonly #socket: WebSocket;
  readonly #events: EngineEvents;
  readonly #reader = new FunasrReader();
  #samplesSent = 0;
  #nonsense = 0;
  #closed = false;
  #finishing = false;
  #reason: string | null = null;
  #closingTimer: NodeJS.Timeout | null = null;
  #pinger: NodeJS.Timeout | null = null;

  constructor(socket: WebSocket, hints: EngineHints, events: EngineEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.on('open', () => {
      socket.send(openingMessage('qinqiao', hints.words));
      this.#pinger = setInterval(() => this.#ping(), PING_MS).unref();
      events.ready();
    });
    socket.on('pong', (data) => this.#pong(Number(data.toString())));
    socket.on('message', (data, binary) => this.#read(data as Buffer, binary));
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
    const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    this.#socket.send(bytes, (error) => {
      if (!error && !this.#closed) this.#events.drained();
    });
    const settled = this.#reader.settle(this.#sentMs, SETTLE_MS);
    if (settled) this.#events.text(settled);
  }

  finish(): void {
    this.#finishing = true;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(CLOSING_MESSAGE, () => undefined);
    this.#ping();
    this.#awaitLast();
  }

  destroy(reason: string): void {
    this.#reason ??= reason;
    this.#socket.terminate();
    this.#close(reason);
  }

  get #sentMs(): number {
    return this.#samplesSent / 16;
  }

  #read(data: Buffer, binary: boolean): void {
    if (this.#closed) return;
    const parsed = FunasrMessage.safeParse(binary ? undefined : parseJson(data.toString('utf8')));
    if (!parsed.success) {
      if (++this.#nonsense > MAX_NONSENSE) this.destroy('engine wrote nonsense');
      return;
    }
    const text = this.#reader.read(parsed.data, this.#sentMs);
    if (text) this.#events.text(text);
    if (this.#finishing) this.#awaitLast();
  }

  #awaitLast(): void {
    if (this.#closingTimer) clearTimeout(this.#closingTimer);
    const waitMs = this.#reader.isOpen ? CLOSING_MS.due : CLOSING_MS.nothingDue;
    this.#closingTimer = setTimeout(() => this.#socket.close(1000), waitMs).unref();
  }

  #ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping(String(this.#sentMs));
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
