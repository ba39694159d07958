import { FaceProblem } from '@qinqiao/contracts';
import { z } from 'zod';

// What an external face service answers; docs/faces.md is its description for whoever writes one.

const finite = z.number().refine(Number.isFinite);

export const About = z.object({
  model: z.string().min(1).max(64),
  /** Numbers in a vector. */
  dimension: z.number().int().min(16).max(4096),
  metric: z.enum(['euclidean', 'cosine']),
  match: finite.positive(),
});
export type About = z.infer<typeof About>;

export const Face = z.object({
  box: z.object({ x: finite, y: finite, width: finite.positive(), height: finite.positive() }),
  score: finite.min(0).max(1),
  yaw: finite.min(-180).max(180).nullish(),
  pitch: finite.min(-180).max(180).nullish(),
  vector: z.array(finite).optional(),
});
export type Face = z.infer<typeof Face>;

/** Faces, or why the picture is none that can be looked at. */
export const Seen = z.union([z.object({ faces: z.array(Face).max(100) }), z.object({ problem: FaceProblem })]);
