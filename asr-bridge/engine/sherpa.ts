import { z } from 'zod';
import { parseJson } from './json.ts';
import type { EngineText } from './port.ts';
import type { Dialect, Reading } from './socket-connection.ts';
import { SocketEngine, type SocketEngineOptions } from './socket-engine.ts';

const Message = z.object({
  text: z.string().max(10_000),
  segment: z.number().int().nonnegative().default(0),
  tokens: z.array(z.string().max(100)).max(5000).default([]),
  /** Seconds from `start_time`, one for each token. */
  timestamps: z.array(z.number().nonnegative()).max(5000).default([]),
  start_time: z.number().nonnegative().default(0),
  is_final: z.boolean().default(false),
});
type Message = z.infer<typeof Message>;
/** A token's end is where the next begins, but no later than this. */
const LONGEST_TOKEN_MS = 300;

/**
 * sherpa-onnx's streaming websocket server (k2-fsa/sherpa-onnx): samples as float32, text cumulative per segment. The C++ server marks a
 * segment's last text, the Python one only begins the next.
 */
export class SherpaEngine extends SocketEngine {
  constructor(options: SocketEngineOptions) {
    super('sherpa-onnx', () => new SherpaDialect(), options);
  }
}

interface OpenStretch {
  segment: number;
  message: Message;
  startMs: number;
  endMs: number;
}

class SherpaDialect implements Dialect {
  readonly pings = true;
  readonly awaitsReady = false;
  readonly opening = null;
  readonly closing = 'Done';
  #open: OpenStretch | null = null;
  #doneMs = 0;
  #nextSegment = 0;

  encode(pcm: Int16Array): Uint8Array {
    return new Uint8Array(Float32Array.from(pcm, (sample) => sample / 32768).buffer);
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  read(text: string, sentMs: number): Reading | null {
    if (text === 'Done!') return { texts: this.#end(sentMs), last: true };
    const parsed = Message.safeParse(parseJson(text));
    if (!parsed.success) return null;
    const message = parsed.data;
    // Of a segment that has been final already: answers of the server's threads may overtake each other.
    if (message.segment < this.#nextSegment) return {};
    const before = this.#open && message.segment > this.#open.segment ? this.#end(sentMs) : [];
    return { texts: [...before, ...this.#grow(message, sentMs)] };
  }

  #grow(message: Message, sentMs: number): EngineText[] {
    const { segment } = message;
    if (message.text.trim() === '' && this.#open === null) return [];
    const startMs = this.#open?.startMs ?? Math.max(this.#doneMs, startOf(message) ?? sentMs - 600);
    const endMs = Math.max(startMs, endOf(message) ?? sentMs);
    this.#open = { segment, message, startMs, endMs };
    return message.is_final ? this.#end(sentMs) : [this.#text(this.#open, false, this.#doneMs)];
  }

  #end(sentMs: number): EngineText[] {
    const open = this.#open;
    if (!open) return [];
    this.#open = null;
    this.#nextSegment = open.segment + 1;
    this.#doneMs = Math.min(sentMs, open.endMs);
    return [this.#text(open, true, this.#doneMs)];
  }

  #text({ message, startMs, endMs }: OpenStretch, final: boolean, doneMs: number): EngineText {
    return { final, text: message.text.trim(), startMs, endMs, doneMs, spans: spansOf(message) };
  }
}

const hasTimes = ({ tokens, timestamps }: Message) => tokens.length > 0 && tokens.length === timestamps.length;
const at = ({ start_time }: Message, seconds: number) => Math.round((start_time + seconds) * 1000);
const startOf = (message: Message) => (hasTimes(message) ? at(message, message.timestamps[0] ?? 0) : null);
const endOf = (message: Message) => (hasTimes(message) ? at(message, message.timestamps.at(-1) ?? 0) + LONGEST_TOKEN_MS : null);

/** Tokens are pieces of the text, with ▁ or a space where a word begins. */
function spansOf(message: Message): EngineText['spans'] {
  if (!hasTimes(message)) return [];
  const text = message.text.trim();
  const spans: EngineText['spans'] = [];
  let from = 0;
  for (const [index, token] of message.tokens.entries()) {
    const piece = token.replace(/[▁\s]/gu, '');
    const offset = piece === '' ? -1 : text.indexOf(piece, from);
    if (offset < 0) continue;
    const startMs = at(message, message.timestamps[index] ?? 0);
    const next = message.timestamps[index + 1];
    const endMs = Math.min(startMs + LONGEST_TOKEN_MS, next === undefined ? Number.POSITIVE_INFINITY : at(message, next));
    spans.push({ offset, length: piece.length, endMs });
    from = offset + piece.length;
  }
  return spans;
}
