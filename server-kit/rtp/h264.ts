import { parseSequenceParameters, pictureParametersId } from './h264-parameters.ts';
import type { Picture, PictureCodec } from './picture.ts';

const NAL = { idr: 5, sps: 7, pps: 8, stapA: 24, fuA: 28 } as const;
const typeOf = (nal: Uint8Array) => (nal[0] ?? 0) & 0x1f;
const isPictureData = (nal: Uint8Array) => typeOf(nal) >= 1 && typeOf(nal) <= NAL.idr;

/**
 * H.264 over RTP (RFC 6184) in packetisation modes 0 and 1: single NAL units, STAP-A and FU-A. Pictures are given as NAL units with
 * a length of four bytes before each. Parameter sets stay in the stream where they came, so that they may change on the way, and
 * are put before a key frame that came without them.
 */
export class H264 implements PictureCodec {
  #nals: Buffer[] = [];
  #fragments: Buffer[] | null = null;
  readonly #sps = new Map<number, Buffer>();
  readonly #pps = new Map<number, Buffer>();

  /** `sprop`: the sender's `sprop-parameter-sets`, base64 with commas between (RFC 6184, 8.1). */
  constructor(sprop?: unknown) {
    if (typeof sprop !== 'string') return;
    for (const set of sprop.split(',')) this.#remember(Buffer.from(set, 'base64'));
  }

  /** The newest parameter sets, for the file's header; null before the first. */
  get parameterSets(): { sps: Buffer; pps: Buffer } | null {
    const sps = [...this.#sps.values()].at(-1);
    const pps = [...this.#pps.values()].at(-1);
    return sps && pps ? { sps, pps } : null;
  }

  add(payload: Buffer): boolean {
    const type = typeOf(payload);
    if (payload.readUInt8(0) & 0x80) return false;
    if (type === NAL.fuA) return this.#addFragment(payload);
    if (this.#fragments) return false;
    if (type === NAL.stapA) return this.#addAggregate(payload);
    if (type === 0 || type > 23) return false;
    this.#addNal(payload);
    return true;
  }

  #addAggregate(payload: Buffer): boolean {
    let at = 1;
    while (at + 2 <= payload.length) {
      const length = payload.readUInt16BE(at);
      const end = at + 2 + length;
      if (length === 0 || end > payload.length) return false;
      this.#addNal(payload.subarray(at + 2, end));
      at = end;
    }
    return at === payload.length;
  }

  #addFragment(payload: Buffer): boolean {
    if (payload.length < 3) return false;
    const header = payload.readUInt8(1);
    const starts = (header & 0x80) !== 0;
    if (starts !== (this.#fragments === null)) return false;
    this.#fragments ??= [Buffer.of((payload.readUInt8(0) & 0xe0) | (header & 0x1f))];
    this.#fragments.push(payload.subarray(2));
    if (header & 0x40) {
      this.#addNal(Buffer.concat(this.#fragments));
      this.#fragments = null;
    }
    return true;
  }

  #addNal(nal: Buffer): void {
    this.#remember(nal);
    this.#nals.push(nal);
  }

  #remember(nal: Buffer): void {
    const [sets, id] =
      typeOf(nal) === NAL.sps
        ? [this.#sps, parseSequenceParameters(nal).id]
        : typeOf(nal) === NAL.pps
          ? [this.#pps, pictureParametersId(nal)]
          : [null, 0];
    // Set anew at the end, so that the last one is the newest.
    sets?.delete(id);
    sets?.set(id, nal);
  }

  take(): Picture | null | 'damaged' {
    if (this.#fragments) return 'damaged';
    // Parameter sets on their own belong to the picture that follows.
    if (!this.#nals.some(isPictureData)) return null;
    const nals = this.#nals;
    this.#nals = [];
    if (!nals.some((nal) => typeOf(nal) === NAL.idr)) return { key: false, data: withLengths(nals) };
    return this.#keyPicture(nals);
  }

  #keyPicture(nals: Buffer[]): Picture | 'damaged' {
    const newest = this.parameterSets;
    if (!newest) return 'damaged';
    const sps = nals.find((nal) => typeOf(nal) === NAL.sps);
    const missing = [
      ...(sps ? [] : [...this.#sps.values()]),
      ...(nals.some((nal) => typeOf(nal) === NAL.pps) ? [] : [...this.#pps.values()]),
    ];
    const { width, height } = parseSequenceParameters(sps ?? newest.sps);
    return { key: true, data: withLengths([...missing, ...nals]), size: { width, height } };
  }

  reset(): void {
    this.#nals = [];
    this.#fragments = null;
  }
}

function withLengths(nals: Buffer[]): Buffer {
  return Buffer.concat(
    nals.flatMap((nal) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(nal.length);
      return [length, nal];
    }),
  );
}
