import { z } from 'zod';
import { parseJson } from './json.ts';
import type { EngineText } from './port.ts';
import { asInt16, type Dialect, type Reading } from './socket-connection.ts';
import { SOCKET_FRAME_SAMPLES, SocketEngine, type SocketEngineOptions } from './socket-engine.ts';
import { closeUp, joinWords } from './stretch.ts';

const FRAME_MS = SOCKET_FRAME_SAMPLES / 16;
const Word = z.object({ word: z.string().max(200), start: z.number().nonnegative(), end: z.number().nonnegative() });
const Message = z.union([
  z.object({ partial: z.string().max(10_000) }),
  z.object({ text: z.string().max(10_000), result: z.array(Word).max(5000).optional() }),
]);

/**
 * vosk-server (alphacep/vosk-server, websocket). It answers every message of audio with exactly one, so that it is always known how far it has
 * come. Its `phrase_list` is no hint but a grammar, out of which nothing else would be heard: words are not sent.
 */
export class VoskEngine extends SocketEngine {
  constructor(options: SocketEngineOptions) {
    super('vosk', () => new VoskDialect(), options);
  }
}

class VoskDialect implements Dialect {
  readonly pings = false;
  readonly awaitsReady = false;
  readonly opening = JSON.stringify({ config: { sample_rate: 16000, words: true } });
  /** Compared letter by letter by the server. */
  readonly closing = '{"eof" : 1}';
  readonly encode = asInt16;
  #answers = 0;
  #startMs: number | null = null;
  #doneMs = 0;

  get isOpen(): boolean {
    return this.#startMs !== null;
  }

  read(message: string, sentMs: number): Reading | null {
    const parsed = Message.safeParse(parseJson(message));
    if (!parsed.success) return null;
    // The answer to the end of audio is one more than there were messages of audio.
    const heardMs = Math.min(++this.#answers * FRAME_MS, sentMs);
    const text = 'partial' in parsed.data ? this.#partial(parsed.data.partial, heardMs) : this.#final(parsed.data, heardMs);
    const last = this.#answers * FRAME_MS > sentMs;
    return { heardMs, ...(text ? { texts: [text] } : {}), ...(last ? { last } : {}) };
  }

  #partial(spoken: string, heardMs: number): EngineText | null {
    const text = closeUp(spoken);
    if (text === '' && this.#startMs === null) return null;
    this.#startMs ??= Math.max(this.#doneMs, heardMs - 3 * FRAME_MS);
    return { final: false, text, startMs: this.#startMs, endMs: heardMs, doneMs: this.#doneMs, spans: [] };
  }

  #final({ text: spoken, result = [] }: { text: string; result?: z.infer<typeof Word>[] | undefined }, heardMs: number): EngineText | null {
    const wasOpen = this.#startMs !== null;
    const estimated = this.#startMs ?? this.#doneMs;
    const words = result.map(({ word, start, end }) => ({ word, startMs: Math.round(start * 1000), endMs: Math.round(end * 1000) }));
    const { text, spans } = words.length > 0 ? joinWords(words) : { text: closeUp(spoken), spans: [] };
    this.#startMs = null;
    this.#doneMs = heardMs;
    if (text === '' && !wasOpen) return null;
    return { final: true, text, startMs: words[0]?.startMs ?? estimated, endMs: words.at(-1)?.endMs ?? heardMs, doneMs: heardMs, spans };
  }
}
