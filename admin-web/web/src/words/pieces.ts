import type { WordFind } from '@qinqiao/contracts';

export interface Piece {
  from: number;
  text: string;
  /** The highest level that hits here; 0: none. */
  level: number;
  /** Something was found here, but a rule kept it from being a hit. */
  kept: boolean;
}

/** A text in pieces, wherever what was found in it begins or ends; finds may overlap. */
export function pieces(text: string, finds: readonly Pick<WordFind, 'offset' | 'length' | 'level' | 'verdict'>[]): Piece[] {
  const cuts = new Set([0, text.length, ...finds.flatMap(({ offset, length }) => [offset, offset + length])]);
  const places = [...cuts].filter((place) => place <= text.length).toSorted((a, b) => a - b);
  return places.slice(0, -1).map((from, at) => {
    const over = finds.filter(({ offset, length }) => offset <= from && from < offset + length);
    const level = Math.max(0, ...over.filter(({ verdict }) => verdict === 'hit').map((find) => find.level));
    return { from, text: text.slice(from, places[at + 1]), level, kept: level === 0 && over.length > 0 };
  });
}
