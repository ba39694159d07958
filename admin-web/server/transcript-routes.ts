import { QinqiaoError, type RestName } from '@qinqiao/contracts';
import { findConversation, refreshConversation } from '@qinqiao/domain/conversations';
import { correctLine, hitViews, listCorrections, listLines, searchTranscripts } from '@qinqiao/domain/transcripts';
import { type Db, toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor, requireOfficer } from './access.ts';
import type { ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';
import { wordFinder } from './word-finder.ts';

type Routes = Extract<RestName, 'searchTranscripts' | 'getTranscript' | 'listCorrections' | 'correctTranscript'>;

/** What was said in recorded conversations: an officer sees those of his data scope. */
export function transcriptRoutes(deps: ServerDeps): Pick<RestHandlers, Routes> {
  const { clock } = deps;
  const find = wordFinder(deps);
  return {
    searchTranscripts: async (request) => {
      const { db, query } = request;
      const { words, items, next } = await searchTranscripts(db, requireOfficer(request).seen, query);
      const { limit: _, cursor, ...asked } = query;
      const detail = { ...asked, found: items.length, ...(cursor === undefined ? {} : { further: true }) };
      const subject = { kind: 'transcripts', id: 'search' };
      await writeAudit(db, { at: toInstant(clock.now()), actor: officerActor(request), action: 'transcript.search', subject, detail });
      return { items: await hitViews(db, words, items), next };
    },
    getTranscript: async ({ db, params, query }) => {
      await prisonOf(db, params.id);
      return listLines(db, params.id, query);
    },
    listCorrections: async ({ db, params }) => ({ items: await listCorrections(db, params.id, params.segmentId), next: null }),
    correctTranscript: async (request) => {
      const { id, segmentId } = request.params;
      const search = await find(await prisonOf(request.db, id));
      const correcting = { db: request.db, clock, actor: officerActor(request), find: search };
      const line = await correctLine(correcting, { conversationId: id, segmentId, ...request.body });
      // Its counts are shown beside it at once.
      await refreshConversation(deps.db, id);
      return line;
    },
  };
}

/** Throws `not_found`, also outside the data scope. */
async function prisonOf(db: Db, id: string): Promise<string> {
  const conversation = await findConversation(db, id);
  if (!conversation) throw new QinqiaoError('not_found');
  return conversation.prison_id;
}
