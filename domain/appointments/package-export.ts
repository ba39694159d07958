import { QinqiaoError } from '@qinqiao/contracts';
import { toInstant } from '@qinqiao/server-kit';
import type { BookingDeps } from './deps.ts';
import { FORMAT, MOST_ROWS, sm3, VERSION } from './package-format.ts';
import { listAppointments } from './queries.ts';

const PAGE = 500;

/** The approved and finished appointments of some local days (both inclusive) as a data package: a header line, then one line of JSON for each. */
export async function exportPackage(
  { db, now }: { db: BookingDeps['db']; now: Date },
  { prisonId, from, to }: { prisonId: string; from: string; to: string },
): Promise<{ name: string; content: string; rows: number }> {
  const lines: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listAppointments(db, { prisonId, from, to, order: 'asc', limit: PAGE, ...(cursor ? { cursor } : {}) });
    for (const row of page.items.filter(({ state }) =>
      ['approved', 'underway', 'completed', 'missed', 'cancelled', 'stopped'].includes(state),
    ))
      lines.push(JSON.stringify(lineOf(row)));
    if (lines.length > MOST_ROWS) throw new QinqiaoError('transfer_too_large');
    cursor = page.next ?? undefined;
  } while (cursor);
  const body = lines.map((line) => `${line}\n`).join('');
  const header = { format: FORMAT, version: VERSION, prisonId, from, to, madeAt: toInstant(now), rows: lines.length, sm3: sm3(body) };
  return { name: `appointments-${from}-${to}.jsonl`, content: `${JSON.stringify(header)}\n${body}`, rows: lines.length };
}

function lineOf(row: Awaited<ReturnType<typeof listAppointments>>['items'][number]) {
  const state = { underway: 'approved', stopped: 'cancelled' }[row.state as string] ?? row.state;
  return {
    reference: row.external_ref ?? row.id,
    kind: row.kind,
    inmateNumber: row.inmate_number,
    inmateName: row.inmate_name,
    wardName: row.ward_name,
    familyName: row.family_name,
    relation: row.relation,
    companions: (JSON.parse(row.companions) as { name: string }[]).map(({ name }) => name),
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    roomName: row.room_name,
    state,
    reason: row.reason_zh,
  };
}
