import { QinqiaoError } from '@qinqiao/contracts';
import { addPaper, AttachmentFiles, deletePaper, listPapers, readPaper } from '@qinqiao/domain/attachments';
import { limited } from '@qinqiao/domain/identity';
import { type Db, writeAudit } from '@qinqiao/server-kit';
import { z } from 'zod';
import { officerActor } from './access.ts';
import { readableCase } from './approval-access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import { nowOf, requireFamily } from './family-access.ts';
import type { FileAnswer } from './files.ts';
import { compareIdPhoto } from './id-photo.ts';
import type { RestHandlers } from './router.ts';

type Routes = 'uploadPaper' | 'listMyPapers' | 'readMyPaper' | 'deleteMyPaper' | 'readPaper' | 'readCasePaper';

const UPLOADS = { most: 120, minutes: 60 };
const WithPapers = z.object({ papers: z.array(z.object({ id: z.string() })) });

/** Papers of families: handed in by themselves, looked at by officers, each look recorded. */
export function paperRoutes(deps: ServerDeps): Pick<RestHandlers, Routes> {
  const { db, crypto, clock, config } = deps;
  const files = new AttachmentFiles(config.dataDir, crypto);
  return {
    uploadPaper: async (request) => {
      const familyId = requireFamily(request);
      await limited(db, clock, `paper:${familyId}`, UPLOADS);
      const { kind, name } = request.query;
      const paper = await addPaper(db, files, { familyId, kind, name, content: request.stream }, nowOf(deps));
      if (kind === 'id_front') await compareIdPhoto(deps, familyId);
      return paper;
    },
    listMyPapers: async (request) => ({ items: await listPapers(db, requireFamily(request)) }),
    readMyPaper: async (request) => answer(await readPaper(db, files, request.params.id, requireFamily(request))),
    deleteMyPaper: async (request) => {
      await deletePaper(db, files, requireFamily(request), request.params.id);
      return {};
    },
    readPaper: async (request) => seen(deps, request, await readPaper(request.db, files, request.params.id)),
    readCasePaper: async (request) => {
      const { caseId, id } = request.params;
      // Who is asked need not have the case's prison in his data scope.
      const { snapshot } = await readableCase(db, request, caseId);
      const handedIn = WithPapers.safeParse(snapshot);
      if (!handedIn.success || !handedIn.data.papers.some((paper) => paper.id === id)) throw new QinqiaoError('not_found');
      return seen(deps, request, await readPaper(db, files, id));
    },
  };
}

type Paper = Awaited<ReturnType<typeof readPaper>>;

/** Recorded before anything is answered. */
async function seen(deps: ServerDeps, request: Pick<RequestContext, 'officer'> & { db: Db }, paper: Paper): Promise<FileAnswer> {
  const { familyId, kind, name } = paper;
  const detail = { family: familyId, kind, name };
  const entry = { at: nowOf(deps), actor: officerActor(request), action: 'paper.view', subject: { kind: 'paper', id: paper.id }, detail };
  await writeAudit(deps.db, entry).catch((error: unknown) => {
    paper.content.destroy();
    throw error;
  });
  return answer(paper);
}

const answer = ({ name, type, content }: Paper): FileAnswer => ({ name, type, content });
