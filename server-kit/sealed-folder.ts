import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { QinqiaoError } from '@qinqiao/contracts';
import type { CryptoProvider } from './crypto/index.ts';
import { sealStream, unsealStream } from './crypto/index.ts';

/** Small files (pictures) of one subject in the data folder, encrypted and bound to their names. */
export class SealedFolder {
  readonly #folder: string;
  readonly #crypto: CryptoProvider;
  readonly #what: string;

  /** `what`: the folder's name below `dataDir`. */
  constructor(dataDir: string, crypto: CryptoProvider, what: string) {
    this.#folder = join(dataDir, what);
    this.#crypto = crypto;
    this.#what = what;
  }

  /** Writes a file, whole or not at all, so that it outlasts a loss of power. `name`: lower-case letters, figures and `-`. */
  async write(name: string, content: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = this.#path(name);
    const part = `${path}.${randomBytes(4).toString('hex')}.part`;
    try {
      const file = await open(part, 'wx', 0o600);
      try {
        for await (const piece of sealStream(this.#crypto, this.#context(name), once(content))) await file.write(piece);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  /** Throws `not_found`, or `data_damaged` for what is not as it was written. */
  async read(name: string): Promise<Buffer> {
    try {
      return await buffer(unsealStream(this.#crypto, this.#context(name), createReadStream(this.#path(name))));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new QinqiaoError('not_found', { cause: error });
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true });
  }

  #context(name: string): string {
    return `${this.#what} ${name}`;
  }

  #path(name: string): string {
    if (!/^[0-9a-z-]{1,64}$/.test(name)) throw new QinqiaoError('not_found');
    return join(this.#folder, name);
  }
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}
