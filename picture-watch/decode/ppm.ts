import type { Pixels } from '../look/pixels.ts';

const HEADER = /^P6\s+(\d{1,5})\s+(\d{1,5})\s+255\s/;
const LONGEST_HEADER = 32;
const MOST_BYTES = 4096 * 2304 * 3;

/** Takes binary PPM pictures, one after the other, out of a stream. Throws on anything else. */
export class PpmReader {
  #bytes: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): Pixels[] {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    const pictures: Pixels[] = [];
    for (let picture = this.#take(); picture; picture = this.#take()) pictures.push(picture);
    return pictures;
  }

  #take(): Pixels | null {
    const header = HEADER.exec(this.#bytes.toString('latin1', 0, LONGEST_HEADER));
    if (!header) {
      if (this.#bytes.length >= LONGEST_HEADER) throw new Error('not a PPM picture');
      return null;
    }
    const [width, height] = [Number(header[1]), Number(header[2])];
    const end = header[0].length + width * height * 3;
    if (end > MOST_BYTES) throw new Error('the picture is too large');
    if (this.#bytes.length < end) return null;
    const rgb = this.#bytes.subarray(header[0].length, end);
    this.#bytes = this.#bytes.subarray(end);
    return { rgb, width, height };
  }
}
