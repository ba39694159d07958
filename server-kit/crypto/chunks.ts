import { createCipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import { damaged, type SealingKeys, sealingKeys, TAG_BYTES } from './sealing.ts';

export const CHUNK_BYTES = 64 * 1024;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;
const BLOCK_BYTES = 16;

/**
 * Encrypts a long content in chunks that open one by one: SM4-CTR over the whole, an HMAC-SM3 tag per chunk over its place, whether it
 * is the last, and its cipher text. So none can be changed, moved, left out, or be the last without being so. A data key may serve
 * one content only.
 */
export class ChunkCipher {
  readonly #keys: SealingKeys;

  constructor(dataKey: Uint8Array) {
    this.#keys = sealingKeys(dataKey, 'chunk');
  }

  seal(index: number, last: boolean, plain: Uint8Array): Buffer {
    const body = this.#crypt(index, plain);
    return Buffer.concat([body, this.#tag(index, last, body)]);
  }

  /** Throws `data_damaged`. */
  open(index: number, last: boolean, sealed: Uint8Array): Buffer {
    if (sealed.length < TAG_BYTES) throw damaged(`chunk ${index} is truncated`);
    const body = sealed.subarray(0, -TAG_BYTES);
    if (!timingSafeEqual(this.#tag(index, last, body), sealed.subarray(-TAG_BYTES))) {
      throw damaged(`chunk ${index} was changed, or what follows it was cut off`);
    }
    return this.#crypt(index, body);
  }

  /** Counter mode: encrypting and decrypting are the same. */
  #crypt(index: number, data: Uint8Array): Buffer {
    const counter = Buffer.alloc(BLOCK_BYTES);
    counter.writeBigUInt64BE(BigInt(index) * BigInt(CHUNK_BYTES / BLOCK_BYTES), 8);
    return createCipheriv('sm4-ctr', this.#keys.encryption, counter).update(data);
  }

  #tag(index: number, last: boolean, body: Uint8Array): Buffer {
    const place = Buffer.alloc(9);
    place.writeBigUInt64BE(BigInt(index));
    place.writeUInt8(last ? 1 : 0, 8);
    return createHmac('sm3', this.#keys.mac).update(place).update(body).digest();
  }
}
