import { z } from 'zod';
import { Dictionary, DictionaryCode, DictionaryName, MAX_DICTIONARY_ENTRIES, NewDictionary, NewDictionaryEntry } from '../dictionaries.ts';
import { Instant } from '../ids.ts';
import { MenuLayout } from '../menus.ts';
import { ParameterKey } from '../parameters/index.ts';
import { Empty, list, OFFICER, type RestEndpoint, Version } from './endpoint.ts';

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

export const MenuView = z.object({ layout: MenuLayout, version: Version });
export type MenuView = z.infer<typeof MenuView>;

const OneDictionary = z.object({ code: DictionaryCode });
const OneEntry = OneDictionary.extend({ entry: DictionaryCode });
const Seen = z.object({ version: Version });
const SeenQuery = z.object({ version: z.coerce.number().int().nonnegative() });
const editing = { roles: OFFICER, permission: 'dictionary.edit' } as const;

/** Parameters, dictionaries and menus of the installation. All of them count at once, in every process. */
export const settingsRest = {
  /** Those that the officer may change. Needs a permission that some parameter names: `parameter.edit`, `policy.edit` or `audit.retention`. */
  listParameters: { method: 'get', path: '/api/parameters', roles: OFFICER, response: list(ParameterView) },
  /** Each parameter names the permission it needs; `edit_conflict` when another was quicker. */
  setParameter: {
    method: 'put',
    path: '/api/parameters/:key',
    roles: OFFICER,
    reauth: true,
    params: z.object({ key: ParameterKey }),
    body: z.object({ value: z.union([z.string().max(200), z.number()]), version: Version }),
    response: ParameterView,
  },
  /** All of them with their entries: every form of the console chooses from them. */
  listDictionaries: { method: 'get', path: '/api/dictionaries', roles: OFFICER, response: list(Dictionary) },
  addDictionary: { method: 'post', path: '/api/dictionaries', ...editing, body: NewDictionary, response: Dictionary },
  renameDictionary: {
    method: 'put',
    path: '/api/dictionaries/:code',
    ...editing,
    params: OneDictionary,
    body: DictionaryName.extend(Seen.shape),
    response: Dictionary,
  },
  /** `in_use` for one that every installation has, and when an entry was used. */
  deleteDictionary: {
    method: 'delete',
    path: '/api/dictionaries/:code',
    ...editing,
    params: OneDictionary,
    query: SeenQuery,
    response: Empty,
  },
  addDictionaryEntry: {
    method: 'post',
    path: '/api/dictionaries/:code/entries',
    ...editing,
    params: OneDictionary,
    body: NewDictionaryEntry.extend(Seen.shape),
    response: Dictionary,
  },
  changeDictionaryEntry: {
    method: 'put',
    path: '/api/dictionaries/:code/entries/:entry',
    ...editing,
    params: OneEntry,
    body: DictionaryName.extend({ enabled: z.boolean(), ...Seen.shape }),
    response: Dictionary,
  },
  /** `in_use` for one that every installation has or that was used: it can be disabled. */
  deleteDictionaryEntry: {
    method: 'delete',
    path: '/api/dictionaries/:code/entries/:entry',
    ...editing,
    params: OneEntry,
    query: SeenQuery,
    response: Dictionary,
  },
  /** The order in which entries are offered: all their codes. */
  orderDictionary: {
    method: 'put',
    path: '/api/dictionaries/:code/order',
    ...editing,
    params: OneDictionary,
    body: Seen.extend({ codes: z.array(DictionaryCode).max(MAX_DICTIONARY_ENTRIES) }),
    response: Dictionary,
  },
  /** The console's menu; both lists empty where it is the built-in one. */
  getMenu: { method: 'get', path: '/api/menu', roles: OFFICER, response: MenuView },
  setMenu: { method: 'put', path: '/api/menu', roles: OFFICER, permission: 'menu.edit', body: MenuView, response: MenuView },
} as const satisfies Record<string, RestEndpoint>;
