import { decode } from '../picture/decode.ts';
import { judge } from '../picture/examine.ts';
import { PictureRefused } from '../picture/refused.ts';
import type { Picture, QualityRules } from '../port.ts';
import type { Engine } from './engine.ts';
import type { Examination } from './messages.ts';

/** Looks at one picture by the rules. What is not a picture is an answer too. */
export async function examine(engine: Engine, picture: Picture, rules: QualityRules): Promise<Examination> {
  try {
    const pixels = await decode(picture);
    const faces = await engine.see(pixels, { pose: true, most: 1 });
    const judged = await judge(pixels, faces, rules);
    if (judged.problem !== null) return { ok: false, ...judged };
    return { ok: true, face: faces[0]!, quality: judged.quality };
  } catch (error) {
    if (error instanceof PictureRefused) return { ok: false, problem: error.problem, quality: {} };
    throw error;
  }
}
