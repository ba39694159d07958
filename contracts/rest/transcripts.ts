import { z } from 'zod';
import { Speaker } from '../calls.ts';
import { ConversationKind } from '../conversations.ts';
import { Day, OptionalNote, RequiredLine } from '../person-fields.ts';
import { TranscriptCorrection, TranscriptHit, TranscriptLine } from '../transcripts.ts';
import { IdParams, list, OFFICER, Page, type RestEndpoint, Version } from './endpoint.ts';

const UnitId = z.string().min(1).max(32);
const LineParams = IdParams.extend({ segmentId: z.string().min(1).max(64) });
/** As long as a line may become. */
export const LONGEST_LINE = 2000;

export const TranscriptQuery = z.object({
  /** Words that all stand in one line, parted by spaces; in quotation marks: as they stand. One character is enough. */
  text: z.string().trim().min(1).max(200),
  prisonId: UnitId.optional(),
  wardId: UnitId.optional(),
  inmateId: UnitId.optional(),
  familyId: UnitId.optional(),
  kind: ConversationKind.optional(),
  speaker: Speaker.optional(),
  /** Local days on which it was said, both inclusive. */
  from: Day.optional(),
  to: Day.optional(),
});
export type TranscriptQuery = z.infer<typeof TranscriptQuery>;

const read = { roles: OFFICER, permission: 'recording.replay' } as const;

/** What was said in recorded conversations. */
export const transcriptRest = {
  /** Final lines of conversations that are over, the newest first. Each search is audited with what was looked for. */
  searchTranscripts: {
    method: 'get',
    path: '/api/transcripts',
    roles: OFFICER,
    permission: 'transcript.search',
    query: Page.extend(TranscriptQuery.shape),
    response: list(TranscriptHit),
  },
  /** A conversation's transcript in the order in which it was spoken, with sensitive words and corrections. */
  getTranscript: {
    ...read,
    method: 'get',
    path: '/api/conversations/:id/transcript',
    params: IdParams,
    query: Page.extend({ limit: z.coerce.number().int().min(1).max(500).default(200) }),
    response: list(TranscriptLine),
  },
  listCorrections: {
    ...read,
    method: 'get',
    path: '/api/conversations/:id/transcript/:segmentId/corrections',
    params: LineParams,
    response: list(TranscriptCorrection),
  },
  /** What is corrected is kept as a version; words are looked for in the new text, without alerts. */
  correctTranscript: {
    method: 'put',
    path: '/api/conversations/:id/transcript/:segmentId',
    roles: OFFICER,
    permission: 'transcript.correct',
    params: LineParams,
    body: z.object({ text: RequiredLine(LONGEST_LINE), reason: OptionalNote(200), version: Version }),
    response: TranscriptLine,
  },
} as const satisfies Record<string, RestEndpoint>;
