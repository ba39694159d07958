import { z } from 'zod';
import type { Role } from '../calls.ts';
import type { Permission } from '../permissions.ts';

export interface RestEndpoint {
  method: 'get' | 'post' | 'put' | 'delete';
  path: string;
  /** Who may ask at all. Null: no log-in needed. */
  roles: Role[] | null;
  /** What an officer's roles must allow. Without it, every officer who is logged in may ask. */
  permission?: Permission;
  /** The officer must have shown password and second factor anew within the last minutes (`reauth_required`). */
  reauth?: true;
  /** A write that must not happen twice: sent with an `Idempotency-Key`, a repetition gets the first answer. */
  idempotent?: true;
  /** May be given to third-party clients (see `clients.ts`). */
  clients?: true;
  /** `in`: the request's body is a file's bytes, its name in the query. `out`: the answer is a file. */
  file?: 'in' | 'out';
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  response: z.ZodType;
}

export const OFFICER: Role[] = ['officer'];
export const ANYONE: Role[] = ['officer', 'inmate', 'family'];
export const Empty = z.object({});

export const IdParams = z.object({ id: z.string().min(1).max(64) });

/** A page of a list. */
export const list = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    /** Give it back as `cursor` for the next page; null on the last one. */
    next: z.string().nullable(),
  });

export const Page = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

/** Of something that can be edited: send back what was read; `edit_conflict` (409) when another was quicker. */
export const Version = z.number().int().nonnegative();

/** In a query string: `true` or `false`. */
export const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');
/** Text somebody searches for. */
export const SearchText = z.string().trim().max(64);
