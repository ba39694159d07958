import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { signature } from '../engine/iflytek.ts';
import { type HeardTone, ToneEar } from './tones.ts';

const SENTENCE_END_MS = 500;
export const TEST_ACCOUNT = { appId: '595f23df', apiKey: 'd9f4aa7ea6d94faca62cd88a28fd5234' };
/** What is provisional mishears 越 as 粤. */
const misheard = (character: string) => (character === '越' ? '粤' : character);

/** A speech service in the test's own process that speaks a real one's protocol, for the language of tones (tones.ts). */
export class EnginePeer implements AsyncDisposable {
  readonly sessions: PeerVoice[] = [];
  readonly #make: (socket: WebSocket, request: IncomingMessage) => PeerVoice;
  #server: WebSocketServer | null = null;
  #port = 0;

  private constructor(make: (socket: WebSocket, request: IncomingMessage) => PeerVoice) {
    this.#make = make;
  }

  static async open(kind: keyof typeof VOICES): Promise<EnginePeer> {
    const peer = new EnginePeer(VOICES[kind]);
    await peer.up();
    return peer;
  }

  get url(): string {
    return `ws://127.0.0.1:${this.#port}/`;
  }

  get latest(): PeerVoice {
    const session = this.sessions.at(-1);
    if (!session) throw new Error('nobody has connected');
    return session;
  }

  async up(): Promise<void> {
    this.#server = new WebSocketServer({ port: this.#port, host: '127.0.0.1', perMessageDeflate: false });
    this.#server.on('connection', (socket, request) => this.sessions.push(this.#make(socket, request)));
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Goes away like a killed process. */
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

/** One connection of a peer: hears tones, and says what a real server would have choked on. */
export abstract class PeerVoice {
  readonly socket: WebSocket;
  readonly complaints: string[] = [];
  protected readonly ear = new ToneEar();
  /** Tones that have been told as final. */
  protected told = 0;
  heardMs = 0;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => (isBinary ? this.binary(data as Buffer) : this.text((data as Buffer).toString())));
  }

  protected abstract binary(data: Buffer): void;
  protected abstract text(message: string): void;

  protected say(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  protected hear(pcm: Int16Array): void {
    this.ear.hear(pcm);
    this.heardMs += pcm.length / 16;
  }

  /** Tones of the sentence that goes on; answers them as final when it has ended (or `end`). */
  protected sentence(end = false): { tones: HeardTone[]; final: boolean } {
    const tones = this.ear.tones.slice(this.told);
    const final = end || (tones.length > 0 && this.ear.silentMs >= SENTENCE_END_MS);
    if (final) this.told += tones.length;
    return { tones, final };
  }
}

const int16 = (data: Buffer) => new Int16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));

/** vosk-server's asr_server.py: one answer to each message, words with spaces, `{"eof" : 1}` to the letter, and it ends the connection. */
class VoskVoice extends PeerVoice {
  protected binary(data: Buffer): void {
    this.hear(int16(data));
    this.#answer(this.sentence());
  }

  protected text(message: string): void {
    if (message.includes('config')) {
      const { config } = JSON.parse(message) as { config: Record<string, unknown> };
      if (config['sample_rate'] !== 16000) this.complaints.push('another sample rate');
      if (config['phrase_list']) this.complaints.push('a grammar: nothing else would be heard');
      return;
    }
    if (message !== '{"eof" : 1}') return void this.complaints.push(`taken for audio: ${message}`);
    this.#answer(this.sentence(true));
    this.socket.close(1000);
  }

  #answer({ tones, final }: { tones: HeardTone[]; final: boolean }): void {
    if (!final) return this.say({ partial: tones.map(({ character }) => misheard(character)).join(' ') });
    const result = tones.map(({ character, startMs, endMs }) => ({ conf: 1, start: startMs / 1000, end: endMs / 1000, word: character }));
    const text = tones.map(({ character }) => character).join(' ');
    this.say(tones.length === 0 ? { text } : { result, text });
  }
}

/** sherpa-onnx's streaming server: text cumulative per segment; C++ marks the last text of one, Python only begins the next. */
class SherpaVoice extends PeerVoice {
  readonly #isPython: boolean;
  #segment = 0;
  #startMs = 0;
  #said = '';

  constructor(socket: WebSocket, isPython: boolean) {
    super(socket);
    this.#isPython = isPython;
  }

  protected binary(data: Buffer): void {
    if (data.length % 4 !== 0) this.complaints.push('no float32');
    const floats = new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.length));
    if (floats.some((sample) => !(Math.abs(sample) <= 1))) this.complaints.push('samples beyond ±1');
    this.hear(Int16Array.from(floats, (sample) => sample * 32768));
    this.#answer(this.sentence());
  }

  protected text(message: string): void {
    if (message !== 'Done') return void this.complaints.push(`unknown text: ${message}`);
    this.#answer(this.sentence(true));
    this.say('Done!');
  }

  #answer({ tones, final }: { tones: HeardTone[]; final: boolean }): void {
    const text = tones.map(({ character }) => (final ? character : misheard(character))).join('');
    if (text === this.#said && !final) return;
    this.#said = text;
    const base = { text, segment: this.#segment };
    const times = { start_time: this.#startMs / 1000, timestamps: tones.map(({ startMs }) => (startMs - this.#startMs) / 1000) };
    const more = { tokens: tones.map(({ character }) => character), ...times, is_final: final, is_eof: false };
    if (final || text !== '') this.say(this.#isPython ? base : { ...base, ...more });
    if (!final) return;
    // An answer of another thread that comes too late.
    if (!this.#isPython && text !== '') this.say({ ...base, text: text.slice(0, 1) });
    this.#segment++;
    this.#startMs = this.heardMs;
    this.#said = '';
  }
}

/** iFlytek's RTASR: checks the signature and the pace, and leaves those who send too fast. */
class IflytekVoice extends PeerVoice {
  #segId = 0;
  #openedAt = performance.now();

  constructor(socket: WebSocket, request: IncomingMessage) {
    super(socket);
    const query = new URL(request.url ?? '', 'ws://peer').searchParams;
    const good = query.get('signa') === signature(TEST_ACCOUNT.appId, query.get('ts') ?? '', TEST_ACCOUNT.apiKey);
    if (good) setTimeout(() => this.#envelope('started', '0', ''), 20);
    else this.#envelope('error', '10110', '', 'invalid authorization|illegal signa');
  }

  protected binary(data: Buffer): void {
    if (data.toString() === '{"end": true}') {
      this.#answer(this.sentence(true));
      return this.socket.close(1000);
    }
    if (data.length !== 1280) this.complaints.push(`a message of ${data.length} bytes`);
    if (this.heardMs === 0) this.#openedAt = performance.now();
    this.hear(int16(data));
    const ahead = this.heardMs - (performance.now() - this.#openedAt);
    if (ahead > 400) this.complaints.push(`${Math.round(ahead)} ms faster than it is spoken`);
    if (this.heardMs % 200 === 0) this.#answer(this.sentence());
  }

  protected text(message: string): void {
    this.complaints.push(`a text: ${message}`);
  }

  #answer({ tones, final }: { tones: HeardTone[]; final: boolean }): void {
    const [first] = tones;
    if (!first) return;
    const bg = first.startMs;
    const ws = tones.map(({ character, startMs, endMs }) => ({
      wb: Math.round((startMs - bg) / 10),
      we: Math.round((endMs - bg) / 10),
      cw: [
        { w: final ? character : misheard(character), wp: 'n' },
        { w: '？', wp: 'n' },
      ],
    }));
    if (final) ws.push({ wb: 0, we: 0, cw: [{ w: '。', wp: 'p' }] });
    const st = { bg: String(bg), ed: final ? String(tones.at(-1)?.endMs ?? bg) : '0', type: final ? '0' : '1', rt: [{ ws }] };
    this.#envelope('result', '0', `${JSON.stringify({ cn: { st }, seg_id: this.#segId++ })}\n`);
  }

  #envelope(action: string, code: string, data: string, desc = 'success'): void {
    this.say({ action, code, data, desc, sid: 'rta0000@test' });
  }
}

const VOICES = {
  vosk: (socket: WebSocket) => new VoskVoice(socket),
  'sherpa-cpp': (socket: WebSocket) => new SherpaVoice(socket, false),
  'sherpa-python': (socket: WebSocket) => new SherpaVoice(socket, true),
  iflytek: (socket: WebSocket, request: IncomingMessage) => new IflytekVoice(socket, request),
};
