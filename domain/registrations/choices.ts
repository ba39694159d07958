import type { Db } from '@qinqiao/server-kit';
import { listOrgUnits } from '../organisation/index.ts';
import { getDictionary } from '../settings/index.ts';

export interface RelationName {
  code: string;
  zh: string;
  en: string;
}

/** Names relations by their codes; a code that is unknown by now names itself. */
export async function relationNames(db: Db): Promise<(code: string) => RelationName> {
  const { entries } = await getDictionary(db, 'relation');
  const known = new Map(entries.map(({ code, zh, en }) => [code, { code, zh, en }]));
  return (code) => known.get(code) ?? { code, zh: code, en: code };
}

/** What a family member chooses from: enabled prisons with their offices, and relations. */
export async function familyChoices(db: Db) {
  const units = (await listOrgUnits(db)).filter(({ enabled }) => enabled);
  const named = ({ id, name }: { id: string; name: string }) => ({ id, name });
  const prisons = units
    .filter(({ kind }) => kind === 'prison')
    .map((prison) => ({
      ...named(prison),
      offices: units.filter((unit) => unit.kind === 'office' && unit.parentId === prison.id).map(named),
    }));
  const { entries } = await getDictionary(db, 'relation');
  const relations = entries.filter(({ enabled }) => enabled).map(({ code, zh, en }) => ({ code, zh, en }));
  return { prisons, relations };
}
