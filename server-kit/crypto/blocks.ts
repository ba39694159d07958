import { type SealingKeys, seal, sealingKeys, unseal } from './sealing.ts';

/**
 * Encrypts the blocks of files that grow, each by itself, under one data key: SM4-CTR with a random IV, then HMAC-SM3 over its place and
 * its cipher text. A block opens only at the place it was sealed for; that none is missing is for the reader to see by their places.
 */
export class BlockCipher {
  readonly #keys: SealingKeys;

  constructor(dataKey: Uint8Array) {
    this.#keys = sealingKeys(dataKey, 'block');
  }

  /** 48 bytes longer than `plain`. */
  seal(place: string, plain: Uint8Array): Buffer {
    return seal(this.#keys, place, plain);
  }

  /** Throws `data_damaged`. */
  open(place: string, sealed: Uint8Array): Buffer {
    return unseal(this.#keys, place, sealed);
  }
}
