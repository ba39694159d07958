import { QinqiaoError } from '@qinqiao/contracts';
import type { Logger } from '@qinqiao/server-kit';
import sharp from 'sharp';
import { likenessOf } from '../likeness.ts';
import { decode, type Pixels } from '../picture/decode.ts';
import { judge } from '../picture/examine.ts';
import { DEFAULT_QUALITY } from '../picture/quality.ts';
import { PictureRefused } from '../picture/refused.ts';
import type { Asking, DescribedFace, Describing, Examined, FaceService, FaceVector, FoundFace, Picture, QualityRules } from '../port.ts';
import { FaceClient, type HttpSettings, type Wishes } from './client.ts';
import { About, type Face, Seen } from './protocol.ts';

const ASK_AGAIN_MS = 10_000;
const MOST_DESCRIBED = 10;
const JPEG_QUALITY = 92;

/**
 * A face service elsewhere, as docs/faces.md describes it. Pictures are checked and decoded here, so that whatever a person uploads, the
 * service gets an upright JPEG of at most 1280 pixels; quality is judged here as well, by the same rules as with the embedded one.
 */
export class HttpFaces implements FaceService {
  readonly #client: FaceClient;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #about: About | null = null;
  #works = false;

  constructor(settings: HttpSettings, log: Logger) {
    this.#client = new FaceClient(settings);
    this.#log = log;
    void this.#introduce();
    this.#timer = setInterval(() => void this.#introduce(), ASK_AGAIN_MS).unref();
  }

  get model(): string {
    return this.#about?.model ?? '';
  }

  get healthy(): boolean {
    return this.#works;
  }

  async detect(picture: Picture, { pose = false, signal }: Asking & { pose?: boolean } = {}): Promise<FoundFace[]> {
    const faces = await this.#see(await decode(picture), { pose, vector: false, most: 0 }, signal);
    return faces.map(({ found }) => found);
  }

  async describe(picture: Picture, { pose = false, most = MOST_DESCRIBED, signal }: Asking & Describing = {}): Promise<DescribedFace[]> {
    const faces = await this.#see(await decode(picture), { pose, vector: true, most }, signal);
    return faces.slice(0, most).map(({ found, vector }) => ({ ...found, vector: this.#vector(vector) }));
  }

  async examine(picture: Picture, rules: QualityRules = DEFAULT_QUALITY, { signal }: Asking = {}): Promise<Examined> {
    try {
      return await this.#examine(await decode(picture), rules, signal);
    } catch (error) {
      if (error instanceof PictureRefused) return { ok: false, problem: error.problem, quality: {} };
      throw error;
    }
  }

  likeness(one: FaceVector, other: FaceVector): number {
    if (this.#about === null) throw new QinqiaoError('face_service_unavailable');
    return likenessOf(one, other, { kind: this.#about.metric, match: this.#about.match });
  }

  async #examine(pixels: Pixels, rules: QualityRules, signal: AbortSignal | undefined): Promise<Examined> {
    const faces = await this.#see(pixels, { pose: true, vector: true, most: 1 }, signal);
    const found = faces.map((face) => face.found);
    const { problem, quality } = await judge(pixels, found, rules);
    if (problem !== null) return { ok: false, problem, quality };
    return { ok: true, face: { ...found[0]!, vector: this.#vector(faces[0]?.vector) }, quality };
  }

  async #see(pixels: Pixels, wishes: Wishes, signal: AbortSignal | undefined) {
    if (this.#about === null) await this.#introduce();
    if (this.#about === null) throw new QinqiaoError('face_service_unavailable');
    const seen = await this.#client.faces(await jpegOf(pixels), wishes, { schema: Seen, signal });
    if ('problem' in seen) throw new PictureRefused(seen.problem);
    return seen.faces
      .map((face) => ({ found: foundOf(face, pixels.scale), vector: face.vector }))
      .sort((one, other) => other.found.box.width * other.found.box.height - one.found.box.width * one.found.box.height);
  }

  /** A vector of another length than the service announced would be compared with nothing, or wrongly. */
  #vector(values: number[] | undefined): FaceVector {
    const about = this.#about;
    if (about === null || values?.length !== about.dimension)
      throw new QinqiaoError('face_service_unavailable', { detail: `a vector of ${values?.length ?? 0} numbers, not ${about?.dimension}` });
    return { model: about.model, values: Float32Array.from(values) };
  }

  /** Asks who it is; also the sign of life. */
  async #introduce(): Promise<void> {
    try {
      this.#about = await this.#client.about(About);
      if (!this.#works) this.#log.info({ model: this.#about.model }, 'the face service answers');
      this.#works = true;
    } catch (err) {
      if (this.#works || this.#about === null) this.#log.warn({ err }, 'the face service does not answer');
      this.#works = false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
  }
}

function foundOf({ box, score, yaw, pitch }: Face, scale: number): FoundFace {
  return { box: scaled(box, scale), score, yaw: yaw ?? null, pitch: pitch ?? null };
}

const scaled = ({ x, y, width, height }: FoundFace['box'], by: number) => ({
  x: x * by,
  y: y * by,
  width: width * by,
  height: height * by,
});

const jpegOf = ({ rgb, width, height }: Pixels) =>
  sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
