import { z } from 'zod';
import { RequiredNote } from '../../person-fields.ts';
import { OFFICER, type RestEndpoint } from '../endpoint.ts';
import { blockRest } from './blocks.ts';
import { contactRest } from './contacts.ts';
import { familyRest } from './families.ts';
import { inmateRest } from './inmates.ts';
import { Id } from './common.ts';
import { PersonKind, MaskedField } from './kinds.ts';

export * from './blocks.ts';
export * from './contacts.ts';
export * from './families.ts';
export * from './inmates.ts';
export * from './kinds.ts';

/** Inmates, families, agency staff and social helpers, and the blocklist. */
export const peopleRest = {
  /** Prisons with their wards, as far as the officer sees them: what forms and filters choose from. */
  listPlaces: {
    method: 'get',
    path: '/api/people/places',
    roles: OFFICER,
    response: z.object({
      prisons: z.array(z.object({ id: z.string(), name: z.string(), wards: z.array(z.object({ id: z.string(), name: z.string() })) })),
    }),
  },
  ...inmateRest,
  ...familyRest,
  ...contactRest,
  /** Clear values of masked fields; audited with the reason. */
  unmaskPerson: {
    method: 'post',
    path: '/api/people/:kind/:id/unmask',
    roles: OFFICER,
    permission: 'person.unmask',
    params: z.object({ kind: PersonKind, id: Id }),
    body: z.object({ fields: z.array(MaskedField).min(1).max(4), reason: RequiredNote(200) }),
    response: z.object({ values: z.record(z.string(), z.string()) }),
  },
  ...blockRest,
} as const satisfies Record<string, RestEndpoint>;
