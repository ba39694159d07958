import type { EngineConnection, EngineEvents, SpeechEngine } from './port.ts';
import { checkSocket, type Dialect, openSocket, SocketConnection, SYSTEM_TRUST, type TlsTrust } from './socket-connection.ts';

export const SOCKET_FRAME_SAMPLES = 1600;

export interface SocketEngineOptions {
  /** ws:// or wss://. */
  url: string;
  /** As texts and pages name it; else its kind. */
  name?: string;
  trust?: TlsTrust;
}

/** A speech server that is one websocket per speaker, takes a tenth of a second of sound at a time and may revise its text. */
export class SocketEngine implements SpeechEngine {
  readonly name: string;
  readonly trial = false;
  readonly revising = true;
  readonly frameSamples = SOCKET_FRAME_SAMPLES;
  readonly #kind: string;
  readonly #newDialect: () => Dialect;
  readonly #url: string;
  readonly #trust: TlsTrust;

  constructor(kind: string, newDialect: () => Dialect, { url, name = kind, trust = SYSTEM_TRUST }: SocketEngineOptions) {
    this.#kind = kind;
    this.#newDialect = newDialect;
    this.#url = url;
    this.#trust = trust;
    this.name = name;
  }

  connect(_hints: unknown, events: EngineEvents): EngineConnection {
    return new SocketConnection(openSocket(this.#url, this.#trust), this.#newDialect(), events);
  }

  check(): Promise<string | null> {
    return checkSocket(this.#kind, this.#url, this.#trust);
  }
}
