import type { FaceProblem } from '@qinqiao/contracts';
import type { Picture, Quality, QualityRules } from '../port.ts';
import type { SeenFace, Wish } from './engine.ts';

/** What the pool asks a worker, and what it answers. One question at a time. */
export type Question = ({ what: 'see'; picture: Picture } & Wish) | { what: 'examine'; picture: Picture; rules: QualityRules };

export type Examination = { ok: true; face: SeenFace; quality: Quality } | { ok: false; problem: FaceProblem; quality: Partial<Quality> };

export type Answer =
  | { what: 'ready' }
  | { what: 'seen'; faces: SeenFace[] }
  | { what: 'examined'; result: Examination }
  | { what: 'refused'; problem: FaceProblem }
  | { what: 'failed'; message: string };
