import { QinqiaoError, type PersonKind } from '@qinqiao/contracts';
import {
  addBlock,
  changeContact,
  changeFamily,
  changeInmate,
  createContact,
  createFamily,
  createInmate,
  deleteContact,
  deleteFamily,
  deleteInmate,
  type Editing,
  getContact,
  getFamily,
  getInmate,
  liftBlock,
  listBlocks,
  listContacts,
  listFamilies,
  listInmates,
  listPlaces,
  unmaskPerson,
} from '@qinqiao/domain/people';
import { toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor, requireOfficer } from './access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type Routes =
  | 'listPlaces'
  | `list${'Inmates' | 'Families' | 'Contacts' | 'Blocks'}`
  | `${'get' | 'add' | 'change' | 'delete'}${'Inmate' | 'Family' | 'Contact'}`
  | 'unmaskPerson'
  | 'addBlock'
  | 'liftBlock';
type Asking = Pick<RequestContext, 'db' | 'officer'>;

/** Inmates, families, agency staff and social helpers, and the blocklist. Every change, and each look at one person, is audited. */
export function peopleRoutes({ clock, crypto }: ServerDeps): Pick<RestHandlers, Routes> {
  const editing = ({ db, officer }: Asking): Editing => ({ db, crypto, actor: officerActor({ officer }), now: clock.now() });
  const viewed = async <View>({ db, officer }: Asking, kind: PersonKind, id: string, view: View): Promise<View> => {
    const at = toInstant(clock.now());
    await writeAudit(db, { at, actor: officerActor({ officer }), action: `${kind}.view`, subject: { kind, id } });
    return view;
  };
  return {
    listPlaces: async ({ db, officer }) => ({ prisons: await listPlaces(db, requireOfficer({ officer }).seen) }),

    listInmates: ({ db, query }) => listInmates(db, crypto, query),
    getInmate: async (request) => viewed(request, 'inmate', request.params.id, await getInmate(request.db, request.params.id)),
    addInmate: (request) => createInmate(editing(request), request.body),
    changeInmate: (request) => changeInmate(editing(request), request.params.id, request.body),
    deleteInmate: async (request) => (await deleteInmate(editing(request), request.params.id), {}),

    listFamilies: ({ db, query }) => listFamilies(db, crypto, query),
    getFamily: async (request) => viewed(request, 'family', request.params.id, await getFamily(request.db, request.params.id)),
    addFamily: (request) => createFamily(editing(request), request.body),
    changeFamily: (request) => changeFamily(editing(request), request.params.id, request.body),
    deleteFamily: async (request) => (await deleteFamily(editing(request), request.params.id), {}),

    listContacts: ({ db, query }) => listContacts(db, crypto, query),
    getContact: async (request) => viewed(request, 'contact', request.params.id, await getContact(request.db, request.params.id)),
    addContact: (request) => createContact(editing(request), request.body),
    changeContact: (request) => changeContact(editing(request), request.params.id, request.body),
    deleteContact: async (request) => (await deleteContact(editing(request), request.params.id), {}),

    unmaskPerson: async (request) => {
      const { kind, id } = request.params;
      // The right to unmask does not replace the right to see this kind of person.
      if (!requireOfficer(request).permissions.has(`${kind}.read`)) throw new QinqiaoError('forbidden');
      return { values: await unmaskPerson(editing(request), kind, id, request.body) };
    },

    listBlocks: ({ db, query }) => listBlocks(db, query, clock.now()),
    addBlock: (request) => addBlock(editing(request), request.body),
    liftBlock: (request) => liftBlock(editing(request), request.params.id, request.body.reason),
  };
}
