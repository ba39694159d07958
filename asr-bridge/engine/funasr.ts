import { CLOSING_MESSAGE, FRAME_SAMPLES, FunasrMessage, FunasrReader, openingMessage } from './funasr-protocol.ts';
import { parseJson } from './json.ts';
import type { EngineConnection, EngineEvents, EngineHints, SpeechEngine } from './port.ts';
import { asInt16, checkSocket, type Dialect, openSocket, SocketConnection, SYSTEM_TRUST, type TlsTrust } from './socket-connection.ts';

/** Provisional text that gets no final one is made final after so much audio without text. */
const SETTLE_MS = 6000;

/** FunASR's websocket service in 2pass mode: provisional text while one speaks, better text after each sentence. */
export class FunasrEngine implements SpeechEngine {
  readonly name: string;
  readonly trial = false;
  readonly revising = false;
  readonly frameSamples = FRAME_SAMPLES;
  /** Both servers read hot words from the first message only. */
  readonly hintsAtStart: boolean;
  readonly #url: string;
  readonly #trust: TlsTrust;

  /** `url`: ws:// or wss://. Without `hotWords` none are sent. */
  constructor({ url, name = 'funasr', trust = SYSTEM_TRUST, hotWords = true }: FunasrOptions) {
    this.#url = url;
    this.#trust = trust;
    this.name = name;
    this.hintsAtStart = hotWords;
  }

  connect(hints: EngineHints, events: EngineEvents): EngineConnection {
    return new SocketConnection(openSocket(this.#url, this.#trust), funasrDialect(this.hintsAtStart ? hints.words : []), events);
  }

  check(): Promise<string | null> {
    return checkSocket('funasr', this.#url, this.#trust);
  }
}

export interface FunasrOptions {
  url: string;
  name?: string;
  trust?: TlsTrust;
  hotWords?: boolean;
}

function funasrDialect(words: readonly string[]): Dialect {
  const reader = new FunasrReader();
  return {
    pings: true,
    opening: openingMessage('qinqiao', words),
    awaitsReady: false,
    encode: asInt16,
    closing: CLOSING_MESSAGE,
    get isOpen() {
      return reader.isOpen;
    },
    settle: (sentMs) => reader.settle(sentMs, SETTLE_MS),
    read: (message, sentMs) => {
      const parsed = FunasrMessage.safeParse(parseJson(message));
      if (!parsed.success) return null;
      const text = reader.read(parsed.data, sentMs);
      return text ? { texts: [text] } : {};
    },
  };
}
