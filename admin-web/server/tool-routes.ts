import type { RestName, ToolView } from '@qinqiao/contracts';
import { addTool, changeTool, deleteTool, findTool, listTools, ToolFiles } from '@qinqiao/domain/tools';
import { newId, toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor, requireOfficer } from './access.ts';
import { auditedChange } from './audited-change.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import type { RestHandlers } from './router.ts';

type Routes = Extract<RestName, 'listTools' | 'addTool' | 'changeTool' | 'deleteTool' | 'downloadTool'>;

/** Programs for office computers: every officer downloads them, who may edit them sees those that are switched off too. Everything is audited. */
export function toolRoutes({ config, crypto, clock }: ServerDeps): Pick<RestHandlers, Routes> {
  const files = new ToolFiles(config.dataDir, crypto);
  const change = auditedChange(clock);
  const now = () => toInstant(clock.now());
  const seesAll = (request: RequestContext) => ({ all: requireOfficer(request).permissions.has('tool.edit') });
  const subject = (id: string) => ({ kind: 'tool', id });
  return {
    listTools: async (request) => listTools(request.db, { ...seesAll(request), ...request.query }),
    addTool: async (request) => {
      const id = newId();
      const file = await files.write(id, request.stream);
      try {
        return await change(request, 'tool.add', async (trx) => {
          const tool = await addTool(trx, { id, about: request.query, file, actor: officerActor(request), at: now() });
          return { answer: tool, subject: subject(id), detail: { after: factsOf(tool) } };
        });
      } catch (error) {
        await files.remove(id);
        throw error;
      }
    },
    changeTool: (request) =>
      change(request, 'tool.change', async (trx) => {
        const { before, after } = await changeTool(trx, request.params.id, request.body, now());
        return { answer: after, subject: subject(after.id), detail: { before: factsOf(before), after: factsOf(after) } };
      }),
    deleteTool: async (request) => {
      const { id } = await change(request, 'tool.delete', async (trx) => {
        const tool = await deleteTool(trx, request.params.id);
        return { answer: tool, subject: subject(tool.id), detail: { before: factsOf(tool) } };
      });
      await files.remove(id);
      return {};
    },
    downloadTool: async (request) => {
      const tool = await findTool(request.db, request.params.id, seesAll(request));
      const content = await files.read(tool.id);
      const entry = { at: now(), actor: officerActor(request), action: 'tool.download', subject: subject(tool.id), detail: factsOf(tool) };
      await writeAudit(request.db, entry).catch((error: unknown) => {
        content.destroy();
        throw error;
      });
      return { name: tool.fileName, type: 'application/octet-stream', content, bytes: tool.bytes };
    },
  };
}

const factsOf = ({ name, release, description, fileName, bytes, sm3, enabled }: ToolView) => {
  return { name, release, description, fileName, bytes, sm3, enabled };
};
