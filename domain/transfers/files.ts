import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createHash } from 'node:crypto';
import { QinqiaoError } from '@qinqiao/contracts';
import { type Bytes, type CryptoProvider, fileAccess, openSealed, sealStream, unsealStream } from '@qinqiao/server-kit';

/** What an uploaded file may have. */
export const MOST_FILE_BYTES = 50_000_000;

export type FilePart = 'in' | 'errors';

/** The files of transfers, encrypted on the disk, in the data folder. */
export class TransferFiles {
  readonly #folder: string;
  readonly #crypto: CryptoProvider;

  constructor(dataDir: string, crypto: CryptoProvider) {
    this.#folder = join(dataDir, 'transfers');
    this.#crypto = crypto;
  }

  /** Writes a file as it comes in. Answers its length and SM3. Throws `transfer_too_large`; a broken-off one leaves nothing behind. */
  async write(
    id: string,
    part: FilePart,
    content: AsyncIterable<Uint8Array>,
    mostBytes = MOST_FILE_BYTES,
  ): Promise<{ bytes: number; sm3: string }> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = this.#path(id, part);
    const hash = createHash('sm3');
    let bytes = 0;
    async function* counted() {
      for await (const piece of content) {
        bytes += piece.length;
        if (bytes > mostBytes) throw new QinqiaoError('transfer_too_large');
        hash.update(piece);
        yield piece;
      }
    }
    try {
      const sealed = Readable.from(sealStream(this.#crypto, contextOf(id, part), counted()));
      await pipeline(sealed, createWriteStream(`${path}.part`, { mode: 0o600 }));
      await rename(`${path}.part`, path);
    } catch (error) {
      await rm(`${path}.part`, { force: true });
      throw error;
    }
    return { bytes, sm3: hash.digest('hex') };
  }

  /** Opens a file for reading at any place; what is given must be closed. */
  async open(id: string, part: FilePart): Promise<Bytes & AsyncDisposable> {
    const file = await open(this.#path(id, part));
    try {
      const content = await openSealed(this.#crypto, contextOf(id, part), await fileAccess(file));
      return { bytes: content.bytes, read: (from, to) => content.read(from, to), [Symbol.asyncDispose]: () => file.close() };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** A file's plain bytes as a stream. Throws `not_found`. */
  async stream(id: string, part: FilePart): Promise<Readable> {
    const file = await open(this.#path(id, part)).catch((cause: unknown) => {
      throw new QinqiaoError('not_found', { cause });
    });
    return Readable.from(unsealStream(this.#crypto, contextOf(id, part), file.createReadStream()));
  }

  async remove(id: string, part: FilePart): Promise<void> {
    await rm(this.#path(id, part), { force: true });
  }

  #path(id: string, part: FilePart): string {
    if (!/^[0-9a-z]{1,32}$/.test(id)) throw new QinqiaoError('not_found');
    return join(this.#folder, `${id}.${part}`);
  }
}

const contextOf = (id: string, part: FilePart) => `transfer ${id} ${part}`;
