import { createHash } from 'node:crypto';

/** Contents are hashed in blocks of this size, so that what was changed is known to the mebibyte. */
export const BLOCK_BYTES = 1024 * 1024;

/** Chained hashes: each is the SM3 of the one before (as bytes; of the first: nothing) and its block. None can be changed, moved or left out. */
export interface BlockHashes {
  bytes: number;
  /** Hexadecimal. Of an empty content: none. */
  blocks: string[];
}

/** Hashes a content piece by piece. */
export class BlockChain {
  readonly #blocks: string[] = [];
  #bytes = 0;
  #inBlock = 0;
  #hash = createHash('sm3');

  update(piece: Uint8Array): void {
    for (let from = 0; from < piece.length; ) {
      const part = piece.subarray(from, from + BLOCK_BYTES - this.#inBlock);
      this.#hash.update(part);
      from += part.length;
      this.#inBlock += part.length;
      this.#bytes += part.length;
      if (this.#inBlock === BLOCK_BYTES) this.#close();
    }
  }

  finish(): BlockHashes {
    if (this.#inBlock > 0) this.#close();
    return { bytes: this.#bytes, blocks: this.#blocks };
  }

  #close(): void {
    const digest = this.#hash.digest();
    this.#blocks.push(digest.toString('hex'));
    this.#hash = createHash('sm3').update(digest);
    this.#inBlock = 0;
  }
}

export const sameHashes = (one: BlockHashes, other: BlockHashes): boolean =>
  one.bytes === other.bytes && one.blocks.length === other.blocks.length && one.blocks.every((hash, index) => hash === other.blocks[index]);

/** Number (from 0) of the first block in which a content is not what was hashed; null when all of it is. */
export function firstDifference(found: BlockHashes, sealed: BlockHashes): number | null {
  const differs = sealed.blocks.findIndex((hash, index) => hash !== found.blocks[index]);
  if (differs >= 0) return differs;
  return found.bytes > sealed.bytes ? Math.floor(sealed.bytes / BLOCK_BYTES) : null;
}
