import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, sealStream, unsealStream } from '@qinqiao/server-kit';

/** The pictures that warnings were raised for, JPEG, encrypted on the disk, in the data folder. */
export class PictureStills {
  readonly #folder: string;
  readonly #crypto: CryptoProvider;

  constructor(dataDir: string, crypto: CryptoProvider) {
    this.#folder = join(dataDir, 'picture-stills');
    this.#crypto = crypto;
  }

  /** Keeps a warning's still; one that is there already is replaced. */
  async write(id: string, jpeg: Uint8Array): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = this.#path(id);
    try {
      const sealed = Readable.from(sealStream(this.#crypto, contextOf(id), Readable.from([jpeg])));
      await pipeline(sealed, createWriteStream(`${path}.part`, { mode: 0o600 }));
      await rename(`${path}.part`, path);
    } catch (error) {
      await rm(`${path}.part`, { force: true });
      throw error;
    }
  }

  /** The JPEG's bytes. Throws `not_found`. */
  async read(id: string): Promise<Readable> {
    const path = this.#path(id);
    await access(path).catch((cause: unknown) => {
      throw new QinqiaoError('not_found', { cause });
    });
    return Readable.from(unsealStream(this.#crypto, contextOf(id), createReadStream(path)));
  }

  #path(id: string): string {
    if (!/^[0-9a-z]{1,32}$/.test(id)) throw new QinqiaoError('not_found');
    return join(this.#folder, id);
  }
}

const contextOf = (id: string) => `picture still ${id}`;
