import type { Language } from '@qinqiao/client-sdk';
import { BUILT_IN_ROLES, type BuiltInRole } from '@qinqiao/contracts';

/** A role as people call it: the built-in ones in the user's language, the others as they were named. */
export function roleName({ id, name }: { id: string; name: string }, language: Language): string {
  return Object.hasOwn(BUILT_IN_ROLES, id) ? BUILT_IN_ROLES[id as BuiltInRole][language] : name;
}
