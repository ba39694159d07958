import { QinqiaoError } from '@qinqiao/contracts';
import type { Logger } from '@qinqiao/server-kit';
import { likenessOf, type Metric } from '../likeness.ts';
import { checkBytes } from '../picture/kind.ts';
import { DEFAULT_QUALITY } from '../picture/quality.ts';
import { PictureRefused } from '../picture/refused.ts';
import type { Asking, DescribedFace, Describing, Examined, FaceService, FaceVector, FoundFace, Picture, QualityRules } from '../port.ts';
import { described, MODEL, type SeenFace, type Wish } from './engine.ts';
import { Pool, type PoolOptions } from './pool.ts';

/** Measured on pairs of different and of same people (docs/models.md). */
export const EMBEDDED_METRIC: Metric = { kind: 'euclidean', match: 0.5 };
const MOST_DESCRIBED = 10;

/** Faces in threads of this process, with the models of the packages. */
export class EmbeddedFaces implements FaceService {
  readonly model = MODEL;
  readonly #pool: Pool;
  readonly #log: Logger;

  constructor(options: PoolOptions) {
    this.#pool = new Pool(options);
    this.#log = options.log;
  }

  get healthy(): boolean {
    return this.#pool.healthy;
  }

  async detect(picture: Picture, { pose = false, ...asking }: Asking & { pose?: boolean } = {}): Promise<FoundFace[]> {
    const faces = await this.#see(picture, { pose, most: 0 }, asking);
    return faces.map(({ box, score, yaw, pitch }) => ({ box, score, yaw, pitch }));
  }

  async describe(
    picture: Picture,
    { pose = false, most = MOST_DESCRIBED, at, ...asking }: Asking & Describing = {},
  ): Promise<DescribedFace[]> {
    return described(await this.#see(picture, { pose, most, ...(at && { at }) }, asking));
  }

  async examine(picture: Picture, rules: QualityRules = DEFAULT_QUALITY, asking: Asking = {}): Promise<Examined> {
    const early = refusal(picture);
    if (early) return { ok: false, problem: early.problem, quality: {} };
    const answer = await this.#pool.ask({ what: 'examine', picture, rules }, asking);
    if (answer.what !== 'examined') throw this.#failed(answer);
    const { result } = answer;
    if (!result.ok) return result;
    const [face] = described([result.face]);
    if (!face) throw this.#failed(answer);
    return { ...result, face };
  }

  likeness(one: FaceVector, other: FaceVector): number {
    return likenessOf(one, other, EMBEDDED_METRIC);
  }

  async #see(picture: Picture, wish: Wish, asking: Asking): Promise<SeenFace[]> {
    const early = refusal(picture);
    if (early) throw early;
    const answer = await this.#pool.ask({ what: 'see', picture, ...wish }, asking);
    if (answer.what === 'refused') throw new PictureRefused(answer.problem);
    if (answer.what !== 'seen') throw this.#failed(answer);
    return answer.faces;
  }

  #failed(answer: { what: string; message?: string }): QinqiaoError {
    this.#log.error({ what: answer.what, reason: answer.message }, 'the face service could not look at a picture');
    return new QinqiaoError('face_service_unavailable');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]();
  }
}

/** What can be told by its bytes waits for no thread. */
function refusal(picture: Picture): PictureRefused | null {
  if ('rgb' in picture) return null;
  try {
    checkBytes(picture.encoded);
    return null;
  } catch (error) {
    if (error instanceof PictureRefused) return error;
    throw error;
  }
}
