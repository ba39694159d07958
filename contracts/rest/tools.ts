import { z } from 'zod';
import { Instant } from '../ids.ts';
import { OptionalNote, OptionalText, RequiredText } from '../person-fields.ts';
import { Empty, IdParams, list, OFFICER, Page, type RestEndpoint, Version } from './endpoint.ts';

/** A program, driver or form that office computers need. */
export const ToolView = z.object({
  id: z.string(),
  name: z.string(),
  /** As its maker numbers it; may be empty. */
  release: z.string(),
  /** What it is for and how it is installed. */
  description: z.string(),
  fileName: z.string(),
  bytes: z.number(),
  /** SM3 of the file, hexadecimal. */
  sm3: z.string(),
  /** A tool that is switched off is seen and downloaded only by those who look after tools. */
  enabled: z.boolean(),
  version: Version,
  officerName: z.string(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type ToolView = z.infer<typeof ToolView>;

const about = { name: RequiredText(64), release: OptionalText(32), description: OptionalNote(500) };
/** What is said of a file beside its bytes. */
export const NewTool = z.object({
  ...about,
  fileName: RequiredText(200).refine((name) => !/[\\/]/.test(name), 'invalid'),
});
export type NewTool = z.infer<typeof NewTool>;
export const ToolChange = z.object({ ...about, enabled: z.boolean(), version: Version });
export type ToolChange = z.infer<typeof ToolChange>;

export const MOST_TOOL_BYTES = 1_000_000_000;

/** Files that every officer may download, kept by those who look after the installation. */
export const toolRest = {
  /** The newest first. */
  listTools: { method: 'get', path: '/api/tools', roles: OFFICER, query: Page, response: list(ToolView) },
  /** Offered at once; of any type, as nothing of it is opened here. */
  addTool: {
    method: 'post',
    path: '/api/tools',
    roles: OFFICER,
    permission: 'tool.edit',
    file: 'in',
    query: NewTool,
    response: ToolView,
  },
  changeTool: {
    method: 'put',
    path: '/api/tools/:id',
    roles: OFFICER,
    permission: 'tool.edit',
    params: IdParams,
    body: ToolChange,
    response: ToolView,
  },
  deleteTool: {
    method: 'delete',
    path: '/api/tools/:id',
    roles: OFFICER,
    permission: 'tool.edit',
    params: IdParams,
    response: Empty,
  },
  downloadTool: { method: 'get', path: '/api/tools/:id/file', roles: OFFICER, file: 'out', params: IdParams, response: Empty },
} as const satisfies Record<string, RestEndpoint>;
