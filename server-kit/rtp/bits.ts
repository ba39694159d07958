/** Reads bits and Exp-Golomb numbers of an H.264 parameter set (ITU-T H.264, 7.2 and 9.1). Beyond the end it reads zeros. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;

  /** `nal`: a NAL unit; the bytes that keep start codes from appearing are taken out. */
  constructor(nal: Uint8Array) {
    const bytes: number[] = [];
    for (let i = 0; i < nal.length; i++) {
      if (nal[i] === 3 && nal[i - 1] === 0 && nal[i - 2] === 0) continue;
      bytes.push(nal[i] ?? 0);
    }
    this.#bytes = Uint8Array.from(bytes);
  }

  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#position++) {
      const byte = this.#bytes[this.#position >> 3] ?? 0;
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1);
    }
    return value;
  }

  /** ue(v) */
  unsigned(): number {
    let zeros = 0;
    while (zeros < 32 && this.bits(1) === 0) zeros++;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v) */
  signed(): number {
    const code = this.unsigned();
    return code & 1 ? (code + 1) / 2 : -code / 2;
  }
}
