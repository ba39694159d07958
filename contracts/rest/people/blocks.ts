import { z } from 'zod';
import { Instant } from '../../ids.ts';
import { RequiredNote } from '../../person-fields.ts';
import { Flag, list, OFFICER, type RestEndpoint } from '../endpoint.ts';
import { Id, Params, PeoplePage } from './common.ts';
import { PersonKind } from './kinds.ts';

export const BlockInput = z.object({
  personKind: PersonKind,
  personId: Id,
  reason: RequiredNote(200),
  from: Instant,
  until: Instant.nullable().default(null),
});
export type BlockInput = z.output<typeof BlockInput>;
export const BlockView = z.object({
  id: z.string(),
  personKind: PersonKind,
  personId: z.string(),
  personName: z.string(),
  reason: z.string(),
  from: Instant,
  until: Instant.nullable(),
  state: z.enum(['coming', 'active', 'over', 'lifted']),
  createdByName: z.string(),
  createdAt: Instant,
  liftedAt: Instant.nullable(),
  liftedByName: z.string().nullable(),
  liftReason: z.string().nullable(),
});
export type BlockView = z.infer<typeof BlockView>;

/** The blocklist. */
export const blockRest = {
  listBlocks: {
    method: 'get',
    path: '/api/blocks',
    roles: OFFICER,
    permission: 'blocklist.edit',
    query: PeoplePage.extend({
      personKind: PersonKind.optional(),
      personId: Id.optional(),
      /** Only those that are in force, or will be. */
      open: Flag.optional(),
    }),
    response: list(BlockView),
  },
  addBlock: {
    method: 'post',
    path: '/api/blocks',
    roles: OFFICER,
    permission: 'blocklist.edit',
    idempotent: true,
    body: BlockInput,
    response: BlockView,
  },
  liftBlock: {
    method: 'post',
    path: '/api/blocks/:id/lift',
    roles: OFFICER,
    permission: 'blocklist.edit',
    params: Params,
    body: z.object({ reason: RequiredNote(200) }),
    response: BlockView,
  },
} as const satisfies Record<string, RestEndpoint>;
