import { BlockCipher } from '@qinqiao/server-kit';

/** Seals the blocks of one file of a take, numbered on, and opens them at their places only. */
export class FileCipher {
  readonly #cipher: BlockCipher;
  readonly #file: string;
  #next = 0;

  constructor(dataKey: Uint8Array, file: string) {
    this.#cipher = new BlockCipher(dataKey);
    this.#file = file;
  }

  seal(body: Uint8Array): { number: number; sealed: Buffer } {
    const number = this.#next++;
    return { number, sealed: this.#cipher.seal(this.#placeOf(number), body) };
  }

  /** Null when it was changed, or stood in another place. */
  open(number: number, sealed: Uint8Array): Buffer | null {
    try {
      return this.#cipher.open(this.#placeOf(number), sealed);
    } catch {
      return null;
    }
  }

  #placeOf(number: number): string {
    return `${this.#file} ${number}`;
  }
}
