import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import { parseJson } from './json.ts';
import type { EngineConnection, EngineEvents, EngineText, SpeechEngine } from './port.ts';
import { asInt16, type Dialect, openSocket, type Reading, SocketConnection } from './socket-connection.ts';
import { joinWords, type TimedWord } from './stretch.ts';

/** 1280 bytes. */
const FRAME_SAMPLES = 640;
export const IFLYTEK_URL = 'wss://rtasr.xfyun.cn/v1/ws';
const UNIT_MS = 10;

const Envelope = z.object({
  action: z.enum(['started', 'result', 'error']),
  code: z.string().max(20),
  desc: z.string().max(500).default(''),
  data: z.string().max(100_000).default(''),
});
const Ws = z.object({
  wb: z.number().default(0),
  we: z.number().default(0),
  cw: z.array(z.object({ w: z.string(), wp: z.string().default('n') })),
});
const Result = z.object({
  cn: z.object({
    st: z.object({
      bg: z.coerce.number().nonnegative(),
      ed: z.coerce.number().nonnegative(),
      /** 0: final · 1: provisional. */
      type: z.union([z.literal('0'), z.literal('1')]),
      rt: z.array(z.object({ ws: z.array(Ws) })),
    }),
  }),
});

export interface IflytekOptions {
  url?: string;
  name?: string;
  appId: string;
  apiKey: string;
  /** More of the service's parameters, such as `lang`, `pd`. */
  parameters?: Record<string, string>;
  /** Seconds since 1970. */
  now?: () => number;
}

/**
 * iFlytek's real-time transcription (RTASR, xfyun.cn/doc/asr/rtasr/API.html). Takes 40 ms of audio in 40 ms and not faster: after an
 * interruption it goes on with the present.
 */
export class IflytekEngine implements SpeechEngine {
  readonly name: string;
  readonly trial = false;
  readonly revising = true;
  readonly realtimeOnly = true;
  readonly frameSamples = FRAME_SAMPLES;
  readonly #options: IflytekOptions;

  constructor(options: IflytekOptions) {
    this.#options = options;
    this.name = options.name ?? 'iflytek';
  }

  connect(_hints: unknown, events: EngineEvents): EngineConnection {
    return new SocketConnection(openSocket(this.#signed()), new IflytekDialect(), events);
  }

  /** The service counts connections: it is asked only whether it lets this application in. */
  check(): Promise<string | null> {
    return new Promise((resolve) => {
      let answer: string | null = 'iflytek: no answer';
      const events: EngineEvents = {
        ready: () => {
          answer = null;
          connection.destroy('checked');
        },
        closed: (reason) => resolve(answer === null ? null : `iflytek: ${reason}`),
        drained: () => undefined,
        heard: () => undefined,
        text: () => undefined,
      };
      const connection = this.connect({ words: [] }, events);
      setTimeout(() => connection.destroy('no answer'), 5000).unref();
    });
  }

  #signed(): string {
    const { url = IFLYTEK_URL, appId, apiKey, parameters = {}, now = () => Math.floor(Date.now() / 1000) } = this.#options;
    const ts = String(now());
    const signed = new URL(url);
    for (const [name, value] of Object.entries({ ...parameters, appid: appId, ts, signa: signature(appId, ts, apiKey) })) {
      signed.searchParams.set(name, value);
    }
    return signed.href;
  }
}

/** Base64 of HMAC-SHA1 under the key, of the hexadecimal MD5 of application and time. */
export function signature(appId: string, ts: string, apiKey: string): string {
  const base = createHash('md5')
    .update(appId + ts)
    .digest('hex');
  return createHmac('sha1', apiKey).update(base).digest('base64');
}

class IflytekDialect implements Dialect {
  readonly pings = true;
  readonly opening = null;
  readonly awaitsReady = true;
  /** As bytes: a text message is not taken for the end. */
  readonly closing = Buffer.from('{"end": true}');
  readonly encode = asInt16;
  #doneMs = 0;
  #isOpen = false;

  get isOpen(): boolean {
    return this.#isOpen;
  }

  read(message: string, sentMs: number): Reading | null {
    const envelope = Envelope.safeParse(parseJson(message));
    if (!envelope.success) return null;
    const { action, code, desc, data } = envelope.data;
    if (action === 'error' || code !== '0') return { fault: `engine refused: ${code} ${desc}`.trim() };
    if (action === 'started') return { ready: true };
    const result = Result.safeParse(parseJson(data));
    // Translations and other results that were not asked for.
    if (!result.success) return parseJson(data) === undefined ? null : {};
    const text = this.#text(result.data.cn.st, sentMs);
    return text ? { texts: [text] } : {};
  }

  #text({ bg, ed, type, rt }: z.infer<typeof Result>['cn']['st'], sentMs: number): EngineText | null {
    const final = type === '0';
    const words = rt
      .flatMap(({ ws }) => ws)
      .flatMap(({ wb, we, cw }): TimedWord[] => {
        // What else it might have been stands behind the first.
        const [{ w, wp } = { w: '', wp: 's' }] = cw;
        return wp === 'g' || w === '' ? [] : [{ word: w, startMs: bg + wb * UNIT_MS, endMs: bg + we * UNIT_MS }];
      });
    // A provisional result of what has been final already came too late.
    if (!final && bg < this.#doneMs) return null;
    const { text, spans } = joinWords(words);
    const startMs = Math.min(bg, sentMs);
    const timed = words.some(({ endMs }) => endMs > bg);
    const endMs = Math.max(startMs, final && ed > 0 ? ed : timed ? (words.at(-1)?.endMs ?? sentMs) : sentMs);
    if (text === '' && !this.#isOpen) return null;
    this.#isOpen = !final;
    if (final) this.#doneMs = endMs;
    return { final, text, startMs, endMs, doneMs: this.#doneMs, spans: timed ? spans : [] };
  }
}
