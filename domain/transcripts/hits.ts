import type { TextMark, TranscriptHit } from '@qinqiao/contracts';
import { type Db, toInstant } from '@qinqiao/server-kit';
import { type ConversationTables, namesOf } from '../conversations/index.ts';
import { FoldedText } from '../words/index.ts';
import type { TranscriptTables } from './migrations.ts';
import type { Found } from './search-walks.ts';
import { spokenAt } from './terms.ts';

const tables = (db: Db) => db.withTables<TranscriptTables & ConversationTables>();
type Segment = Pick<TranscriptTables['transcript_segments'], 'id' | 'call_id' | 'speaker' | 'start_ms' | 'text' | 'version'>;
const COLUMNS = ['id', 'call_id', 'speaker', 'start_ms', 'text', 'version'] as const;

/** Hits as they are shown, in order: where the words stand, whose conversation it is, and what was said right before and after. */
export async function hitViews(db: Db, words: readonly string[], found: readonly Found[]): Promise<TranscriptHit[]> {
  if (found.length === 0) return [];
  const ids = found.map(({ segmentId }) => segmentId);
  const segments = await tables(db).selectFrom('transcript_segments').select(COLUMNS).where('id', 'in', ids).execute();
  const callIds = [...new Set(found.map(({ callId }) => callId))];
  const conversations = await tables(db).selectFrom('conversations').selectAll().where('id', 'in', callIds).execute();
  const units = await namesOf(
    db,
    'org_units',
    conversations.flatMap((row) => [row.prison_id, row.ward_id]),
  );
  const bySegment = new Map(segments.map((row) => [row.id, row]));
  const byCall = new Map(conversations.map((row) => [row.id, row]));
  const views: TranscriptHit[] = [];
  for (const { segmentId, callId, place } of found) {
    const segment = bySegment.get(segmentId);
    const conversation = byCall.get(callId);
    if (!segment || !conversation) continue;
    views.push({
      segmentId,
      conversationId: callId,
      kind: conversation.kind,
      recording: conversation.recording,
      startedAt: conversation.started_at,
      prisonName: units.get(conversation.prison_id) ?? '',
      wardName: units.get(conversation.ward_id) ?? '',
      inmateName: conversation.inmate_name,
      inmateNumber: conversation.inmate_number,
      familyName: conversation.family_name,
      relation: conversation.relation,
      speaker: segment.speaker as TranscriptHit['speaker'],
      startMs: segment.start_ms,
      spokenAt: toInstant(spokenAt(place)),
      text: segment.text,
      corrected: segment.version > 0,
      marks: marksIn(segment.text, words),
      before: await beside(db, segment, 'before'),
      after: await beside(db, segment, 'after'),
    });
  }
  return views;
}

async function beside(db: Db, { call_id, start_ms, id }: Segment, side: 'before' | 'after'): Promise<TranscriptHit['before']> {
  const further = side === 'before' ? '<' : '>';
  const direction = side === 'before' ? 'desc' : 'asc';
  const query = tables(db).selectFrom('transcript_segments').select(['speaker', 'text']).where('call_id', '=', call_id);
  const row = await query
    .where('text', '!=', '')
    .where((eb) => eb.or([eb('start_ms', further, start_ms), eb.and([eb('start_ms', '=', start_ms), eb('id', further, id)])]))
    .orderBy('start_ms', direction)
    .orderBy('id', direction)
    .limit(1)
    .executeTakeFirst();
  return row ? { speaker: row.speaker as TranscriptHit['speaker'], text: row.text } : null;
}

/** Where folded words stand in a text as it is written; none within another. */
export function marksIn(text: string, words: readonly string[]): TextMark[] {
  const folded = new FoldedText();
  folded.extend(text);
  const plain = folded.toString();
  const marks: TextMark[] = [];
  for (const word of words) {
    for (let at = plain.indexOf(word); at >= 0; at = plain.indexOf(word, at + word.length)) {
      const offset = folded.offset(at);
      marks.push({ offset, length: folded.offset(at + word.length - 1) + 1 - offset });
    }
  }
  marks.sort((one, other) => one.offset - other.offset || other.length - one.length);
  let end = 0;
  return marks.filter(({ offset, length }) => {
    if (offset < end) return false;
    end = offset + length;
    return true;
  });
}
