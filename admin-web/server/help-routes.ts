import {
  addToQuestion,
  answerQuestion,
  askQuestion,
  assignQuestion,
  closeQuestion,
  getOwnQuestion,
  getQuestion,
  listOwnQuestions,
  listQuestions,
} from '@qinqiao/domain/help';
import { limited } from '@qinqiao/domain/identity';
import { countUnread, listMessages, readMessages } from '@qinqiao/domain/messages';
import { writeAudit } from '@qinqiao/server-kit';
import { officerActor, requireOfficer } from './access.ts';
import type { ServerDeps } from './context.ts';
import { familyApplying, nowOf, officerApplying, requireFamily } from './family-access.ts';
import type { RestHandlers } from './router.ts';

type Routes =
  | 'listMyQuestions'
  | 'askQuestion'
  | 'getMyQuestion'
  | 'addToQuestion'
  | 'listQuestions'
  | 'getQuestion'
  | 'assignQuestion'
  | 'answerQuestion'
  | 'closeQuestion';
type MessageRoutes = 'listMyMessages' | 'countMyMessages' | 'readMyMessages';

const POSTS = { most: 30, minutes: 60 };

/** What families ask and officers answer. */
export function helpRoutes(deps: ServerDeps): Pick<RestHandlers, Routes> {
  const { db, clock } = deps;
  const limit = (id: string) => limited(db, clock, `help:${id}`, POSTS);
  return {
    listMyQuestions: async (request) => listOwnQuestions(db, requireFamily(request), request.query),
    askQuestion: async (request) => {
      await limit(requireFamily(request));
      return askQuestion(await familyApplying(deps, request), request.body);
    },
    getMyQuestion: async (request) => getOwnQuestion(db, requireFamily(request), request.params.id),
    addToQuestion: async (request) => {
      await limit(requireFamily(request));
      return addToQuestion(await familyApplying(deps, request), request.params.id, request.body.text);
    },
    listQuestions: async (request) => {
      const { mine, ...filter } = request.query;
      return listQuestions(request.db, { ...filter, ...(mine ? { assigneeId: requireOfficer(request).id } : {}) });
    },
    getQuestion: async (request) => {
      const { id } = request.params;
      const found = await getQuestion(request.db, id);
      await writeAudit(db, { at: nowOf(deps), actor: officerActor(request), action: 'help.view', subject: { kind: 'help', id } });
      return found;
    },
    // The officer it goes to is looked up in the whole store: he need not be in the asking officer's data scope.
    assignQuestion: async (request) => assignQuestion(officerApplying(deps, request), db, request.params.id, request.body),
    answerQuestion: async (request) => answerQuestion(officerApplying(deps, request), request.params.id, request.body),
    closeQuestion: async (request) => closeQuestion(officerApplying(deps, request), request.params.id, request.body.version),
  };
}

/** What a family member is told. */
export function messageRoutes(deps: ServerDeps): Pick<RestHandlers, MessageRoutes> {
  const { db } = deps;
  return {
    listMyMessages: async (request) => listMessages(db, requireFamily(request), request.query),
    countMyMessages: async (request) => ({ unread: await countUnread(db, requireFamily(request)) }),
    readMyMessages: async (request) => {
      await readMessages(db, requireFamily(request), request.body.id, nowOf(deps));
      return {};
    },
  };
}
