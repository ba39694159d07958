import { z } from 'zod';
import type { EngineText } from './port.ts';

// FunASR's websocket protocol in 2pass mode (modelscope/FunASR, runtime/docs/websocket_protocol.md), as its C++ and Python servers speak it.

const SAMPLE_RATE = 16000;
/** 600 ms of audio per online result, 300 ms of it looked at ahead. */
const CHUNK_SIZE = [5, 10, 5] as const;
const CHUNK_INTERVAL = 10;
const CHUNK_MS = CHUNK_SIZE[1] * 60;
/** The Python server counts messages, not samples: each must hold chunk ÷ interval = 60 ms. */
export const FRAME_SAMPLES = ((CHUNK_MS / CHUNK_INTERVAL) * SAMPLE_RATE) / 1000;
const HOTWORD_WEIGHT = 20;
const MOST_HOTWORDS = 200;
const LONGEST_STRETCH = 2000;

/** The first message. `hotwords` is a JSON text inside the JSON; the server reads it once per connection. */
export function openingMessage(name: string, words: readonly string[]): string {
  const hotwords = Object.fromEntries(words.slice(0, MOST_HOTWORDS).map((word) => [word, HOTWORD_WEIGHT]));
  return JSON.stringify({
    mode: '2pass',
    wav_name: name,
    wav_format: 'pcm',
    audio_fs: SAMPLE_RATE,
    is_speaking: true,
    chunk_size: CHUNK_SIZE,
    chunk_interval: CHUNK_INTERVAL,
    hotwords: JSON.stringify(hotwords),
    itn: true,
  });
}

export const CLOSING_MESSAGE = JSON.stringify({ is_speaking: false });

/** The C++ server leaves `mode` out of an empty last message; timestamps are a text there, a list elsewhere. */
export const FunasrMessage = z.object({
  mode: z.enum(['2pass-online', '2pass-offline']).optional(),
  text: z.string().max(10_000).default(''),
  timestamp: z.unknown().optional(),
});
export type FunasrMessage = z.infer<typeof FunasrMessage>;

/**
 * Turns the messages of one connection into text. Online text is a delta and carries no times; offline text replaces all deltas since the
 * last one. `is_final` means opposite things in the two servers, so only `mode` ends a stretch.
 */
export class FunasrReader {
  #deltas = '';
  #startMs = 0;
  /** End of the last final stretch. */
  #doneMs = 0;
  #lastDeltaMs = 0;

  /** Whether provisional text waits for its final form. */
  get isOpen(): boolean {
    return this.#deltas !== '';
  }

  /** `sentMs`: how much audio has been sent. Null when the message says nothing. */
  read(message: FunasrMessage, sentMs: number): EngineText | null {
    if (message.mode === '2pass-offline') return this.#offline(message, sentMs);
    if (message.mode !== '2pass-online' || message.text === '') return null;
    // The delta was spoken at the latest in the chunk before the one that is being filled.
    if (this.#deltas === '') this.#startMs = Math.max(this.#doneMs, sentMs - 2 * CHUNK_MS);
    this.#deltas += message.text;
    this.#lastDeltaMs = sentMs;
    return this.#provisional(sentMs);
  }

  /**
   * Makes final what has been provisional for long without any more text: the server sends no offline result when its offline model heard
   * nothing, and the next stretch must not be taken for a part of this one. Endless text is cut likewise.
   */
  settle(sentMs: number, afterMs: number): EngineText | null {
    const isDue = sentMs - this.#lastDeltaMs >= afterMs || this.#deltas.length > LONGEST_STRETCH;
    if (this.#deltas === '' || !isDue) return null;
    const text = { ...this.#provisional(this.#lastDeltaMs), final: true };
    this.#finish(this.#lastDeltaMs);
    return text;
  }

  #provisional(sentMs: number): EngineText {
    const endMs = Math.max(this.#startMs, sentMs - CHUNK_MS / 2);
    return { final: false, text: this.#deltas, startMs: this.#startMs, endMs, doneMs: endMs, spans: [] };
  }

  #offline(message: FunasrMessage, sentMs: number): EngineText {
    const estimatedStart = this.#deltas === '' ? Math.max(this.#doneMs, sentMs - 2 * CHUNK_MS) : this.#startMs;
    const stamps = readStamps(message.timestamp, this.#doneMs);
    const startMs = stamps[0]?.[0] ?? estimatedStart;
    const endMs = Math.max(startMs, Math.min(stamps.at(-1)?.[1] ?? sentMs - CHUNK_MS / 2, sentMs));
    this.#finish(endMs);
    return { final: true, text: message.text, startMs, endMs, doneMs: endMs, spans: spansOf(message.text, stamps) };
  }

  #finish(doneMs: number): void {
    this.#deltas = '';
    this.#doneMs = doneMs;
  }
}

type Stamp = readonly [number, number];

/** The pairs of `[[start,end],…]`, also of several such lists one after the other; times that lie before what was final already are no times. */
function readStamps(timestamp: unknown, doneMs: number): Stamp[] {
  const text = typeof timestamp === 'string' ? timestamp : JSON.stringify(timestamp ?? []);
  const stamps = [...text.matchAll(/\[\s*(\d{1,9})\s*,\s*(\d{1,9})\s*\]/g)].map(([, from, to]): Stamp => [Number(from), Number(to)]);
  return (stamps[0]?.[0] ?? 0) < doneMs - CHUNK_MS ? [] : stamps;
}

/** One stamp per character or word, punctuation aside; when they do not add up (numbers written out), the text has no spans. */
function spansOf(text: string, stamps: readonly Stamp[]): EngineText['spans'] {
  const tokens = [...text.matchAll(/[A-Za-z0-9']+|\p{L}|\p{N}/gu)];
  if (tokens.length !== stamps.length) return [];
  return tokens.map((token, i) => ({ offset: token.index, length: token[0].length, endMs: stamps[i]?.[1] ?? 0 }));
}
