import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ErrorCode, QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, sealStream, unsealStream } from './crypto/index.ts';

/** At most so many bytes; more is refused with `code`. */
export interface MostBytes {
  bytes: number;
  code: ErrorCode;
}

/** Large files of one subject in the data folder, encrypted and bound to their ids, written and read as streams: no file is ever in memory. */
export class StreamedFiles {
  readonly #folder: string;
  readonly #crypto: CryptoProvider;
  readonly #what: string;
  readonly #most: MostBytes;

  /** `what`: the folder's name below `dataDir`. */
  constructor(dataDir: string, crypto: CryptoProvider, { what, most }: { what: string; most: MostBytes }) {
    this.#folder = join(dataDir, what);
    this.#crypto = crypto;
    this.#what = what;
    this.#most = most;
  }

  /**
   * Writes a file as it comes in, whole or not at all. Answers its length and SM3 (hexadecimal). Throws `file_invalid` when it is empty, and what was
   * named for too many bytes; then nothing is left behind.
   */
  async write(id: string, content: AsyncIterable<Uint8Array>): Promise<{ bytes: number; sm3: string }> {
    const path = this.#path(id);
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const most = this.#most;
    const hash = createHash('sm3');
    let bytes = 0;
    async function* counted() {
      for await (const piece of content) {
        bytes += piece.length;
        if (bytes > most.bytes) throw new QinqiaoError(most.code);
        hash.update(piece);
        yield piece;
      }
      if (bytes === 0) throw new QinqiaoError('file_invalid');
    }
    const part = `${path}.part`;
    try {
      const sealed = Readable.from(sealStream(this.#crypto, this.#context(id), counted()));
      await pipeline(sealed, createWriteStream(part, { mode: 0o600, flush: true }));
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
    return { bytes, sm3: hash.digest('hex') };
  }

  /** The plain content. Throws `not_found`; the stream breaks off with `data_damaged` where it is not as it was written. */
  async read(id: string): Promise<Readable> {
    const file = await open(this.#path(id)).catch((cause: unknown) => {
      throw (cause as NodeJS.ErrnoException).code === 'ENOENT' ? new QinqiaoError('not_found', { cause }) : cause;
    });
    const sealed = file.createReadStream();
    const plain = Readable.from(unsealStream(this.#crypto, this.#context(id), sealed), { objectMode: false });
    // A generator that was never begun closes nothing.
    return plain.once('close', () => void sealed.destroy());
  }

  /** Writes the plain file to a path that only this account may read. */
  async copyTo(id: string, path: string): Promise<void> {
    await pipeline(await this.read(id), createWriteStream(path, { mode: 0o600 }));
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  #context(id: string): string {
    return `${this.#what} ${id}`;
  }

  #path(id: string): string {
    if (!/^[0-9a-z]{1,32}$/.test(id)) throw new QinqiaoError('not_found');
    return join(this.#folder, id);
  }
}
