import { type TextKey, useText } from '../i18n/index.ts';
import type { Choice } from '../components/search-select.tsx';

/** Codes as choices in the user's language; `group` is their place among the texts. */
export function useChoices(): (group: string, codes: readonly string[]) => Choice[] {
  const t = useText();
  return (group, codes) => codes.map((code) => ({ value: code, label: t(`people.${group}.${code}` as TextKey) }));
}
