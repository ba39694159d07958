import type { CallId, WallCall } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { parseSession } from '../calls/index.ts';
import { tables } from './queries.ts';

/** Most calls that a wall shows. */
const MOST_CALLS = 200;
const MOST_ALERTS = 10;

/** The calls that are open or go on, those with the most serious alerts first, then by when they began. */
export async function readWall(db: Db): Promise<{ items: WallCall[]; total: number }> {
  const rows = await tables(db)
    .selectFrom('calls')
    .innerJoin('rooms', 'rooms.id', 'calls.room_id')
    .innerJoin('inmates', 'inmates.id', 'calls.inmate_id')
    .innerJoin('families', 'families.id', 'calls.family_id')
    .innerJoin('org_units as prisons', 'prisons.id', 'calls.prison_id')
    .select(['calls.id', 'calls.state', 'calls.session', 'calls.ends_at', 'calls.starts_at', 'calls.relation'])
    .select(['rooms.name as room', 'inmates.name as inmate', 'families.name as family', 'prisons.name as prison'])
    .where('calls.state', 'in', ['open', 'connecting', 'live', 'paused'])
    .orderBy('calls.starts_at')
    .execute();
  const alerts = await openAlerts(
    db,
    rows.map(({ id }) => id),
  );
  const items = rows.map((row): WallCall => {
    const own = alerts.get(row.id) ?? [];
    const { endsAt, pictureHolds } = parseSession(row.session);
    return {
      callId: row.id as CallId,
      prisonName: row.prison,
      roomName: row.room,
      inmateName: row.inmate,
      familyName: row.family,
      relation: row.relation,
      state: row.state as WallCall['state'],
      endsAt: endsAt ?? row.ends_at,
      alerts: own.slice(0, MOST_ALERTS),
      openAlerts: own.length,
      heldPictures: pictureHolds.length,
    };
  });
  const weight = ({ alerts: [first] }: WallCall) => (first ? first.level + (first.escalated ? 10 : 0) : 0);
  return { items: items.toSorted((one, other) => weight(other) - weight(one)).slice(0, MOST_CALLS), total: items.length };
}

async function openAlerts(db: Db, callIds: readonly string[]): Promise<Map<string, WallCall['alerts']>> {
  if (callIds.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('word_alerts')
    .select(['id', 'call_id', 'word', 'level', 'at_ms', 'escalated_at'])
    .where('call_id', 'in', callIds)
    .where('open_level', '>', 0)
    .orderBy('open_level', 'desc')
    .orderBy('raised_at', 'desc')
    .execute();
  return Map.groupBy(
    rows.map((row) => ({
      callId: row.call_id,
      id: row.id,
      word: row.word,
      level: row.level,
      atMs: row.at_ms,
      escalated: row.escalated_at !== null,
    })),
    ({ callId }) => callId,
  );
}
