import { useQuery } from '@tanstack/react-query';
import { api } from '../session/api.ts';

export const ROLES_KEY = ['roles'];
export const useRoles = () => useQuery({ queryKey: ROLES_KEY, queryFn: () => api.listRoles() });
