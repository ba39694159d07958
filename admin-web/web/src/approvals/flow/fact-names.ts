import type { BuiltInDictionary } from '@qinqiao/contracts';
import { type TextKey, useText } from '../../i18n/index.ts';
import { useDictionary } from '../../settings/use-dictionary.ts';

export const KNOWN_FACTS = [
  'visitors',
  'relation',
  'treatmentLevel',
  'keyControl',
  'sixInvolved',
  'minor',
  'minutes',
  'used',
  'matched',
  'sharedBy',
] as const;
type KnownFact = (typeof KNOWN_FACTS)[number];

/** Facts whose values are codes of a dictionary. */
export const CODED: Partial<Record<string, BuiltInDictionary>> = {
  relation: 'relation',
  treatmentLevel: 'treatment_level',
  sixInvolved: 'six_involved',
};
export const YES_OR_NO: ReadonlySet<string> = new Set(['keyControl', 'minor', 'matched']);

const isKnown = (fact: string): fact is KnownFact => (KNOWN_FACTS as readonly string[]).includes(fact);

/** Names of facts and of their values in the user's language; what is not known is shown as it is written. */
export function useFactNames() {
  const t = useText();
  const relation = useDictionary('relation');
  const level = useDictionary('treatment_level');
  const involved = useDictionary('six_involved');
  const codes: Partial<Record<string, (code: string) => string>> = {
    relation: relation.nameOf,
    treatmentLevel: level.nameOf,
    sixInvolved: involved.nameOf,
  };
  return {
    factName: (fact: string): string => (isKnown(fact) ? t(`approvals.design.facts.${fact}` satisfies TextKey) : fact),
    valueName: (fact: string, value: string | number | boolean | null): string => {
      if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no');
      return typeof value === 'string' ? (codes[fact]?.(value) ?? value) : String(value ?? '');
    },
  };
}
