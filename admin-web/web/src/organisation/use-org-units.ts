import type { OrgUnitView } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { api } from '../session/api.ts';

export const ORG_KEY = ['organisation'];
/** The organisation tree as a flat list, parents first. */
export const useOrgUnits = () => useQuery({ queryKey: ORG_KEY, queryFn: () => api.listOrgUnits(), staleTime: 30_000 });

export interface TreeNode {
  key: string;
  value: string;
  title: string;
  unit: OrgUnitView;
  disabled?: boolean;
  children: TreeNode[];
}

/** The list as a tree; `selectable` says which units can be chosen. */
export function treeOf(units: readonly OrgUnitView[], selectable: (unit: OrgUnitView) => boolean = () => true): TreeNode[] {
  const below = (parentId: string | null): TreeNode[] =>
    units
      .filter((unit) => unit.parentId === parentId)
      .map((unit) => ({
        key: unit.id,
        value: unit.id,
        title: unit.name,
        unit,
        ...(selectable(unit) ? {} : { disabled: true }),
        children: below(unit.id),
      }));
  return below(null);
}
