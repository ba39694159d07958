import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MOST_PAPER_BYTES, QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, sealStream, unsealStream } from '@qinqiao/server-kit';
import { HEAD_BYTES, typeOfBytes } from './sniff.ts';

export interface WrittenFile {
  type: string;
  bytes: number;
  sm3: string;
}

const TYPES = { zh: '只能上传 JPG、PNG、WebP 图片或 PDF 文件', en: 'Only JPG, PNG and WebP pictures and PDF files' };
const SIZE = { zh: '每个文件最多 8 MB', en: 'At most 8 MB for each file' };

/** Papers of families, encrypted on the disk, in the data folder. */
export class AttachmentFiles {
  readonly #folder: string;
  readonly #crypto: CryptoProvider;

  constructor(dataDir: string, crypto: CryptoProvider) {
    this.#folder = join(dataDir, 'attachments');
    this.#crypto = crypto;
  }

  /** Writes a file as it comes in. Throws `file_invalid` for what is not of the types taken, or too large; nothing is left behind then. */
  async write(id: string, content: AsyncIterable<Uint8Array>): Promise<WrittenFile> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const path = this.#path(id);
    const meter = new Meter();
    try {
      const sealed = Readable.from(sealStream(this.#crypto, contextOf(id), meter.measured(content)));
      await pipeline(sealed, createWriteStream(`${path}.part`, { mode: 0o600 }));
      const written = meter.result();
      await rename(`${path}.part`, path);
      return written;
    } catch (error) {
      await rm(`${path}.part`, { force: true });
      throw error;
    }
  }

  /** The plain bytes. Throws `not_found`. */
  async read(id: string): Promise<Readable> {
    const path = this.#path(id);
    await access(path).catch((cause: unknown) => {
      throw new QinqiaoError('not_found', { cause });
    });
    return Readable.from(unsealStream(this.#crypto, contextOf(id), createReadStream(path)));
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  #path(id: string): string {
    if (!/^[0-9a-z]{1,32}$/.test(id)) throw new QinqiaoError('not_found');
    return join(this.#folder, id);
  }
}

const contextOf = (id: string) => `attachment ${id}`;

/** Looks at what passes: its length, its hash, and what its first bytes say it is. */
class Meter {
  #bytes = 0;
  #head = Buffer.alloc(0);
  readonly #hash = createHash('sm3');

  async *measured(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of content) {
      this.#bytes += piece.length;
      if (this.#bytes > MOST_PAPER_BYTES) throw new QinqiaoError('file_invalid', { fields: { file: SIZE } });
      if (this.#head.length < HEAD_BYTES) this.#take(piece);
      this.#hash.update(piece);
      yield piece;
    }
    this.#type();
  }

  result(): WrittenFile {
    return { type: this.#type(), bytes: this.#bytes, sm3: this.#hash.digest('hex') };
  }

  #take(piece: Uint8Array): void {
    this.#head = Buffer.concat([this.#head, piece.subarray(0, HEAD_BYTES - this.#head.length)]);
    if (this.#head.length >= HEAD_BYTES) this.#type();
  }

  #type(): string {
    const type = typeOfBytes(this.#head);
    if (!type) throw new QinqiaoError('file_invalid', { fields: { file: TYPES } });
    return type;
  }
}
