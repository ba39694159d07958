import { z } from 'zod';
import { Instant } from '../ids.ts';
import { DataScope } from '../permissions.ts';
import { Empty, IdParams, list, OFFICER, Page, type RestEndpoint, Version } from './endpoint.ts';

/** An IPv4 or IPv6 address, or a network in CIDR notation. */
export const SourceAddress = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]);

const Definition = z.object({
  name: z.string().trim().min(1).max(64),
  contact: z.string().trim().min(1).max(128),
  enabled: z.boolean(),
  /** Where its requests may come from; empty: from anywhere. */
  addresses: z.array(SourceAddress).max(32),
  /** Names of endpoints it may call; of those that are open to clients at all. */
  interfaces: z.array(z.string().max(64)).max(200),
  scope: DataScope,
  perMinute: z.number().int().min(1).max(100_000),
  perDay: z.number().int().min(1).max(10_000_000),
});

export const ClientKeyView = z.object({
  id: z.string(),
  createdAt: Instant,
  /** Null: until it is ended. */
  endsAt: Instant.nullable(),
  lastUsedAt: Instant.nullable(),
  valid: z.boolean(),
});
export type ClientKeyView = z.infer<typeof ClientKeyView>;

export const ClientView = Definition.extend({ id: z.string(), version: Version, createdAt: Instant, keys: z.array(ClientKeyView) });
export type ClientView = z.infer<typeof ClientView>;

export const ClientCall = z.object({
  /** The request's id, as the answer's `x-request-id` says it. */
  id: z.string(),
  at: Instant,
  clientId: z.string(),
  clientName: z.string(),
  interface: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.number().int(),
  /** Of the refusal; null when it was answered. */
  code: z.string().nullable(),
  durationMs: z.number().int(),
  address: z.string(),
});
export type ClientCall = z.infer<typeof ClientCall>;

/** Third parties that use the REST interface by themselves. */
export const clientRest = {
  listClientInterfaces: {
    method: 'get',
    path: '/api/clients/interfaces',
    roles: OFFICER,
    permission: 'client.read',
    response: list(z.object({ name: z.string(), method: z.string(), path: z.string() })),
  },
  listClients: { method: 'get', path: '/api/clients', roles: OFFICER, permission: 'client.read', query: Page, response: list(ClientView) },
  createClient: {
    method: 'post',
    path: '/api/clients',
    roles: OFFICER,
    permission: 'client.edit',
    reauth: true,
    idempotent: true,
    body: Definition,
    response: ClientView,
  },
  updateClient: {
    method: 'put',
    path: '/api/clients/:id',
    roles: OFFICER,
    permission: 'client.edit',
    reauth: true,
    params: IdParams,
    body: Definition.extend({ version: Version }),
    response: ClientView,
  },
  /** The secret is shown this once. Of an older key, as much of its life is left as `overlapHours` says. */
  addClientKey: {
    method: 'post',
    path: '/api/clients/:id/keys',
    roles: OFFICER,
    permission: 'client.edit',
    reauth: true,
    params: IdParams,
    body: z.object({ overlapHours: z.number().int().min(0).max(720) }),
    response: z.object({ key: ClientKeyView, secret: z.string() }),
  },
  endClientKey: {
    method: 'delete',
    path: '/api/clients/:id/keys/:keyId',
    roles: OFFICER,
    permission: 'client.edit',
    params: IdParams.extend({ keyId: z.string().min(1).max(64) }),
    response: Empty,
  },
  listClientCalls: {
    method: 'get',
    path: '/api/client-calls',
    roles: OFFICER,
    permission: 'client.read',
    query: Page.extend({
      clientId: z.string().max(64).optional(),
      /** The request's id. */
      id: z.string().max(64).optional(),
      outcome: z.enum(['answered', 'refused']).optional(),
      from: Instant.optional(),
      to: Instant.optional(),
    }),
    response: list(ClientCall),
  },
} as const satisfies Record<string, RestEndpoint>;
