import { Involvement } from '@qinqiao/contracts';

const bitOf = (code: Involvement) => 1 << Involvement.options.indexOf(code);

/** The set of involvements as the number that is stored. */
export const involvedBits = (codes: readonly Involvement[]): number => codes.reduce((bits, code) => bits | bitOf(code), 0);

export const involvedCodes = (bits: number): Involvement[] => Involvement.options.filter((code) => (bits & bitOf(code)) !== 0);

/** Every stored number that holds this involvement, for `where … in`. */
export const involvedWith = (code: Involvement): number[] =>
  Array.from({ length: 1 << Involvement.options.length }, (_, bits) => bits).filter((bits) => (bits & bitOf(code)) !== 0);
