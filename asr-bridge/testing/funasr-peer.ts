import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type HeardTone, ToneEar } from './tones.ts';

/** Where the two servers of FunASR differ. */
export type Flavour = 'cpp' | 'python';

const CHUNK_MS = 600;
const SENTENCE_END_MS = 500;

/**
 * FunASR's websocket service in 2pass mode as its two servers speak it, traps included, for the language of tones (tones.ts): online text
 * comes as deltas per 600 ms and mishears 越 as 粤, offline text replaces it; `is_final` says nothing of use.
 */
export class FunasrPeer implements AsyncDisposable {
  readonly flavour: Flavour;
  /** Its model looks so far ahead of what it tells: online text comes so much later. */
  readonly lookAheadMs: number;
  readonly sessions: PeerSession[] = [];
  #server: WebSocketServer | null = null;
  #port = 0;

  private constructor(flavour: Flavour, lookAheadMs: number) {
    this.flavour = flavour;
    this.lookAheadMs = lookAheadMs;
  }

  static async open(flavour: Flavour, { lookAheadMs = 0 }: { lookAheadMs?: number } = {}): Promise<FunasrPeer> {
    const peer = new FunasrPeer(flavour, lookAheadMs);
    await peer.up();
    return peer;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}`;
  }

  /** The session that was opened last. */
  get latest(): PeerSession {
    const session = this.sessions.at(-1);
    if (!session) throw new Error('nobody has connected');
    return session;
  }

  async up(): Promise<void> {
    this.#server = new WebSocketServer({ port: this.#port, host: '127.0.0.1', perMessageDeflate: false });
    this.#server.on('connection', (socket) => this.sessions.push(new PeerSession(socket, this.flavour, this.lookAheadMs)));
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Goes away like a killed process: connections break, new ones are refused. */
  down(): void {
    for (const client of this.#server?.clients ?? []) client.terminate();
    this.#server?.close();
    this.#server = null;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.down();
    return Promise.resolve();
  }
}

export class PeerSession {
  readonly socket: WebSocket;
  /** The first message, as it came. */
  opening: Record<string, unknown> | null = null;
  /** What a real server would have choked on. */
  readonly complaints: string[] = [];
  readonly #flavour: Flavour;
  readonly #lookAheadMs: number;
  readonly #ear = new ToneEar();
  #heardMs = 0;
  #toldOnline = 0;
  #toldOffline = 0;

  constructor(socket: WebSocket, flavour: Flavour, lookAheadMs: number) {
    this.socket = socket;
    this.#flavour = flavour;
    this.#lookAheadMs = lookAheadMs;
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => (isBinary ? this.#hear(data as Buffer) : this.#command((data as Buffer).toString())));
  }

  #command(text: string): void {
    const message = JSON.parse(text) as Record<string, unknown>;
    if (this.opening === null) {
      this.opening = message;
      if (typeof message.hotwords !== 'string') this.complaints.push('hotwords is no JSON text');
      else JSON.parse(message.hotwords);
    } else if (message.is_speaking === false) {
      this.#end();
    }
  }

  #hear(data: Buffer): void {
    if (this.opening === null) this.complaints.push('audio before the opening message');
    if (data.length !== 1920) this.complaints.push(`a message of ${data.length} bytes`);
    this.#ear.hear(new Int16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length)));
    this.#heardMs += data.length / 32;
    if (this.#heardMs % CHUNK_MS === this.#lookAheadMs % CHUNK_MS) this.#tellOnline(this.#heardMs - this.#lookAheadMs);
    if (this.#ear.silentMs >= SENTENCE_END_MS) this.#tellOffline();
  }

  #tellOnline(untilMs: number): void {
    const tones = this.#ear.tones.slice(this.#toldOnline).filter(({ endMs }) => endMs <= untilMs);
    this.#toldOnline += tones.length;
    if (tones.length > 0) this.#say('2pass-online', tones.map(({ character }) => (character === '越' ? '粤' : character)).join(''));
  }

  #tellOffline(): void {
    const tones = this.#ear.tones.slice(this.#toldOffline);
    if (tones.length === 0) return;
    this.#toldOffline += tones.length;
    this.#toldOnline = this.#toldOffline;
    this.#say('2pass-offline', `${tones.map(({ character }) => character).join('')}。`, tones);
  }

  #end(): void {
    this.#tellOffline();
    // The C++ server's last message may have neither text nor mode.
    if (this.#flavour === 'cpp') this.socket.send(JSON.stringify({ text: '', wav_name: this.opening?.wav_name, is_final: true }));
  }

  #say(mode: string, text: string, tones?: HeardTone[]): void {
    const message: Record<string, unknown> = { mode, text, wav_name: this.opening?.wav_name, is_final: this.#flavour === 'python' };
    if (tones && this.#flavour === 'cpp') message.timestamp = JSON.stringify(tones.map(({ startMs, endMs }) => [startMs, endMs]));
    this.socket.send(JSON.stringify(message));
  }
}
