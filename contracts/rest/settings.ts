import { z } from 'zod';
import { Instant } from '../ids.ts';
import { ParameterKey } from '../parameters.ts';
import { list, OFFICER, type RestEndpoint, Version } from './endpoint.ts';

/** A parameter as it stands; what it means and how it is entered says `PARAMETERS`. */
export const ParameterView = z.object({
  key: ParameterKey,
  value: z.union([z.string(), z.number()]),
  /** 0: nobody has set it. */
  version: Version,
  updatedAt: Instant.nullable(),
  updatedBy: z.string().nullable(),
});
export type ParameterView = z.infer<typeof ParameterView>;

/** Parameters of the installation. */
export const settingsRest = {
  /** Those that the officer may change. Needs one of the permissions `parameter.edit` and `audit.retention`. */
  listParameters: { method: 'get', path: '/api/parameters', roles: OFFICER, response: list(ParameterView) },
  /** Counts at once. Each parameter names the permission it needs; `edit_conflict` when another was quicker. */
  setParameter: {
    method: 'put',
    path: '/api/parameters/:key',
    roles: OFFICER,
    params: z.object({ key: ParameterKey }),
    body: z.object({ value: z.union([z.string().max(200), z.number()]), version: Version }),
    response: ParameterView,
  },
} as const satisfies Record<string, RestEndpoint>;
