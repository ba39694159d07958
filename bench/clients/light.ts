import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

const HEAD_END = '\r\n\r\n';
const LENGTH = /\r\ncontent-length: (\d+)/i;

/**
 * Asks over a connection of its own and reads no more of an answer than its length, so that many of them take little of the machine whose
 * server is measured: real clients have machines of their own.
 */
export class LightClient {
  readonly #socket: Socket;
  readonly #head: string;

  private constructor(socket: Socket, host: string, token: string) {
    this.#socket = socket;
    this.#head = ` HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n\r\n`;
  }

  static async open(url: string, token: string): Promise<LightClient> {
    const { hostname, port, host } = new URL(url);
    const socket = connect(Number(port), hostname).setNoDelay(true);
    await once(socket, 'connect');
    return new LightClient(socket, host, token);
  }

  /** Milliseconds until the whole answer is there. Throws when it is not 200. */
  ask(path: string): Promise<number> {
    const begun = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    let missing: number | null = null;
    let start = '';
    const take = (bytes: Buffer) => {
      if (missing === null) {
        start += bytes.toString('latin1');
        const end = start.indexOf(HEAD_END);
        if (end < 0) return;
        if (!start.startsWith('HTTP/1.1 200')) return reject(new Error(`${path}: ${start.slice(0, 300)}`));
        missing = Number(LENGTH.exec(start)?.[1]) - (start.length - end - HEAD_END.length);
      } else missing -= bytes.length;
      if (missing > 0) return;
      this.#socket.off('data', take);
      resolve(performance.now() - begun);
    };
    this.#socket.on('data', take);
    this.#socket.write(`GET ${path}${this.#head}`);
    return promise;
  }

  close(): void {
    this.#socket.destroy();
  }
}
