import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MOST_AUDIO_BYTES, QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, sealStream, unsealStream } from '@qinqiao/server-kit';

/** Files as they came, encrypted on the disk, until they are taken in. */
export class IntakeFiles {
  readonly #folder: string;
  readonly #crypto: CryptoProvider;

  constructor(dataDir: string, crypto: CryptoProvider) {
    this.#folder = join(dataDir, 'audio-intake');
    this.#crypto = crypto;
  }

  /** Writes a file as it comes in. Throws `audio_too_large`, `file_invalid` when it is empty; then nothing is left behind. */
  async write(id: string, content: AsyncIterable<Uint8Array>, mostBytes = MOST_AUDIO_BYTES): Promise<{ bytes: number; sm3: string }> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = this.#path(id);
    const hash = createHash('sm3');
    let bytes = 0;
    async function* counted() {
      for await (const piece of content) {
        bytes += piece.length;
        if (bytes > mostBytes) throw new QinqiaoError('audio_too_large');
        hash.update(piece);
        yield piece;
      }
      if (bytes === 0) throw new QinqiaoError('file_invalid');
    }
    try {
      await pipeline(Readable.from(sealStream(this.#crypto, context(id), counted())), createWriteStream(`${path}.part`, { mode: 0o600 }));
      await rename(`${path}.part`, path);
    } catch (error) {
      await rm(`${path}.part`, { force: true });
      throw error;
    }
    return { bytes, sm3: hash.digest('hex') };
  }

  /** Writes the plain file to a path that only this account may read. */
  async copyTo(id: string, path: string): Promise<void> {
    const plain = Readable.from(unsealStream(this.#crypto, context(id), createReadStream(this.#path(id))));
    await pipeline(plain, createWriteStream(path, { mode: 0o600 }));
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  #path(id: string): string {
    if (!/^[0-9a-z]{1,32}$/.test(id)) throw new QinqiaoError('not_found');
    return join(this.#folder, id);
  }
}

const context = (id: string) => `audio-intake ${id}`;
