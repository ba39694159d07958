import type { FaceService } from '@qinqiao/faces';
import { Vp8Decoder } from '../decode/vp8.ts';
import { type Finding, isSuspicious, judge, newJudge, type Rules } from '../judge/judge.ts';
import { type Circumstances, Looker } from '../look/looker.ts';

/** Feeds key frames straight to what a watch does with them, faster than in a call. */
export class Sampler {
  readonly #decoder = new Vp8Decoder();
  readonly #looker: Looker;
  readonly #rules: Rules;
  readonly #circumstances: Omit<Circumstances, 'suspicious'>;
  #state = newJudge();

  constructor(faces: FaceService, rules: Rules, circumstances: Omit<Circumstances, 'suspicious'>) {
    this.#looker = new Looker(rules.party, faces);
    this.#rules = rules;
    this.#circumstances = circumstances;
  }

  /** `at`: milliseconds of the call. Answers what is warned of. */
  async take(frame: Buffer, at: number): Promise<Finding[]> {
    const still = await this.#decoder.decode(frame);
    const seen = await this.#looker.look(still, at, { ...this.#circumstances, suspicious: isSuspicious(this.#state) });
    const { state, findings } = judge(this.#state, seen, this.#rules);
    this.#state = state;
    return findings;
  }
}
