import type { Db } from '../database.ts';
import { auditHash, FIRST_HASH } from './hash.ts';
import type { AuditRow, AuditTables } from './tables.ts';

/** A place in the chain: the record's number and hash. */
export interface ChainPoint {
  seq: number;
  hash: string;
}

/**
 * What is wrong with a record: it was `altered`, it is `missing`, the chain was computed anew (`rewritten`: it does not meet a signed
 * point or its own end), or a signed point's `signature` does not fit.
 */
export type ChainFault = 'altered' | 'missing' | 'rewritten' | 'signature';

export interface ChainCheck {
  /** The last record that was looked at. */
  to: ChainPoint;
  checked: number;
  broken: { seq: number; fault: ChainFault } | null;
}

export interface ChainOptions {
  /** The point after which to begin; by default before the first record. */
  start?: ChainPoint;
  /** Signed points that the chain must meet. */
  points?: readonly ChainPoint[];
  /** The last record to look at; by default the chain's end. */
  until?: number;
  /** Called after each batch with the number of records looked at. */
  onProgress?: (checked: number) => void;
  signal?: AbortSignal;
}

const BATCH = 2000;
export const CHAIN_START: ChainPoint = { seq: 0, hash: FIRST_HASH };

/** Walks the chain to its end. Records may be appended meanwhile; those that came after the beginning are looked at too. */
export async function checkChain(db: Db, options: ChainOptions = {}): Promise<ChainCheck> {
  const { start = CHAIN_START, points = [], until = Number.MAX_SAFE_INTEGER, onProgress, signal } = options;
  const audit = db.withTables<AuditTables>();
  const head = await audit.selectFrom('audit_head').select(['seq', 'hash']).where('id', '=', 1).executeTakeFirst();
  const expected = new Map([...points, ...(head && head.seq > 0 ? [head] : [])].map(({ seq, hash }) => [seq, hash]));
  let to = start;
  let checked = 0;
  for await (const rows of batches(db, start.seq, until)) {
    signal?.throwIfAborted();
    for (const row of rows) {
      const fault = faultOf(row, to, expected);
      // Of a gap, the first record that is not there is named.
      if (fault) return { to, checked, broken: { seq: fault === 'missing' ? to.seq + 1 : row.seq, fault } };
      to = row;
      checked++;
    }
    onProgress?.(checked);
  }
  const cutShort = !head || to.seq < Math.min(until, Math.max(head.seq, ...points.map(({ seq }) => seq)));
  return { to: { seq: to.seq, hash: to.hash }, checked, broken: cutShort ? { seq: to.seq + 1, fault: 'missing' } : null };
}

/** The records after this one, in order. The server already looks for the next ones while these are checked. */
async function* batches(db: Db, after: number, until: number): AsyncGenerator<AuditRow[]> {
  const read = (from: number) => {
    const rows = db.withTables<AuditTables>().selectFrom('audit').selectAll().where('seq', '>', from).where('seq', '<=', until);
    const reading = rows.orderBy('seq').limit(BATCH).execute();
    // Whoever stops early does not wait for it.
    reading.catch(() => undefined);
    return reading;
  };
  for (let next: Promise<AuditRow[]> | null = read(after); next; ) {
    const rows: AuditRow[] = await next;
    const last = rows.at(-1);
    next = last && rows.length === BATCH ? read(last.seq) : null;
    yield rows;
  }
}

function faultOf(row: AuditRow, before: ChainPoint, expected: ReadonlyMap<number, string>): ChainFault | null {
  if (row.seq !== before.seq + 1) return 'missing';
  if (row.previous_hash !== before.hash || row.hash !== auditHash(row)) return 'altered';
  return (expected.get(row.seq) ?? row.hash) === row.hash ? null : 'rewritten';
}

/** Walks the chain of a store that was never archived. Answers the `seq` of the first broken record, or null. See domain's `audit` for the whole. */
export async function verifyAudit(db: Db): Promise<number | null> {
  return (await checkChain(db)).broken?.seq ?? null;
}
