import type { Me, Permission } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../session/api.ts';

const REFRESH_MS = 4 * 60_000;

export const ME_QUERY = { queryKey: ['me'], queryFn: () => api.me(), staleTime: 60_000 };

/** Who is logged in; asked again now and then, which also keeps the session of somebody who only watches. */
export function useOfficerQuery() {
  return useQuery({ ...ME_QUERY, refetchInterval: REFRESH_MS });
}

/** The officer who is logged in, once it is known. */
export function useOfficer(): Extract<Me, { role: 'officer' }> | null {
  const { data } = useOfficerQuery();
  return data?.role === 'officer' ? data : null;
}

export function usePermissions(): ReadonlySet<Permission> {
  const officer = useOfficer();
  return useMemo(() => new Set(officer?.permissions), [officer?.permissions]);
}

/** Whether the officer may do this. The server decides; this only spares him buttons that would be refused. */
export function useAllowed(permission: Permission): boolean {
  return usePermissions().has(permission);
}
