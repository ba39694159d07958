import type { ConversationView } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import type { OrganisationTables } from '../organisation/index.ts';
import { attentionReasons } from './attention.ts';
import type { ConversationRow } from './refresh.ts';

/** Rows as lists show them, with the names of their places. `now`: what is late. */
export async function conversationViews(db: Db, rows: readonly ConversationRow[], now: string): Promise<ConversationView[]> {
  const units = await namesOf(
    db,
    'org_units',
    rows.flatMap((row) => [row.prison_id, row.ward_id]),
  );
  const rooms = await namesOf(
    db,
    'rooms',
    rows.flatMap((row) => row.room_id ?? []),
  );
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    prisonId: row.prison_id,
    prisonName: units.get(row.prison_id) ?? '',
    wardId: row.ward_id,
    wardName: units.get(row.ward_id) ?? '',
    inmateId: row.inmate_id,
    inmateName: row.inmate_name,
    inmateNumber: row.inmate_number,
    level: row.level,
    familyName: row.family_name,
    relation: row.relation,
    roomName: row.room_id === null ? null : (rooms.get(row.room_id) ?? null),
    startedAt: row.started_at,
    endedAt: row.ended_at,
    durationMs: row.duration_ms,
    words: row.words,
    wordLevel: row.word_level,
    warnings: row.warnings,
    screenshots: row.screenshots,
    abnormal: row.abnormal,
    attention: row.attention === 1,
    attentionReasons: attentionReasons(row),
    recording: row.recording,
    held: row.held === 1,
    listening: row.listening,
    share: row.heard / 1000,
    dueAt: row.open_due_at,
    overdue: row.open_due_at !== null && row.open_due_at < now,
    assignee: person(row.assigned_to, row.assigned_name),
    doneBy: row.done_name,
    doneAt: row.done_at,
    second: row.second_state,
    secondOfficer: person(row.second_officer, row.second_name),
  }));
}

const person = (id: string | null, name: string | null) => (id === null ? null : { id, name: name ?? '' });

/** Names of units or rooms by id. */
export async function namesOf(db: Db, table: 'org_units' | 'rooms', ids: readonly string[]): Promise<Map<string, string>> {
  const asked = [...new Set(ids)];
  if (asked.length === 0) return new Map();
  const rows = await db.withTables<OrganisationTables>().selectFrom(table).select(['id', 'name']).where('id', 'in', asked).execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
