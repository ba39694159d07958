import {
  type AuditTables,
  type Clock,
  createLogger,
  type Db,
  FakeClock,
  SYSTEM_ACTOR,
  systemClock,
  toInstant,
  runTraced,
  verifyAudit,
  writeAudit,
} from '@qinqiao/server-kit';
import { unprotectAudit } from '@qinqiao/server-kit/testing';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DATABASES, openTestStore } from '../testing.ts';
import {
  archiveAudit,
  archiveBefore,
  askVerification,
  type AuditFilter,
  listArchives,
  listAuditActions,
  listVerifications,
  NOBODY,
  readArchive,
  patienceAmong,
  searchAudit,
  SecurityEvents,
  verifyTrail,
  workOnVerifications,
} from './index.ts';

let store: Awaited<ReturnType<typeof openTestStore>>;
let db: Db;
const log = createLogger('test', 'silent');
const officer = (name: string) => ({ role: 'officer' as const, id: `id-${name}`, name });
const old = (day: number) => `2025-01-${String(day).padStart(2, '0')}T00:00:00.000Z`;
const now = () => toInstant(Date.now());

const write = (at: string, i: number, who = '张警官') =>
  writeAudit(db, {
    at,
    actor: officer(who),
    action: i % 2 ? 'inmate.view' : 'inmate.edit',
    subject: { kind: 'inmate', id: `i${i}` },
    detail: { note: `第${i}次 100%` },
  });
const deps = (clock: Clock = systemClock) => ({ db, crypto: store.crypto, clock, database: store.options, dataDir: store.dataDir });
const verify = (extent: 'full' | 'recent' = 'full') => verifyTrail({ ...deps(), extent });
const audit = () => db.withTables<AuditTables>();

describe.each(DATABASES)('the audit trail on %s', (on) => {
  beforeEach(async () => {
    store = await openTestStore({ on });
    db = store.db;
  });
  afterEach(() => store[Symbol.asyncDispose]());

  const found = async (filter: AuditFilter) => (await searchAudit(db, filter, { limit: 100 })).items.map(({ seq }) => seq);

  it('holds address and request of what is done, in the hash of new records; older ones still verify', async () => {
    await runTraced({ requestId: 'r1', address: '10.0.0.7' }, () => write(now(), 1));
    await write(now(), 2);
    const [first] = (await searchAudit(db, { address: '10.0.0.7' }, { limit: 5 })).items;
    expect(first).toMatchObject({ seq: 1, request_id: 'r1', format: 2 });
    expect((await verify()).broken).toBeNull();
    await unprotectAudit(db);
    await audit().updateTable('audit').set({ address: '10.0.0.8' }).where('seq', '=', 1).execute();
    expect((await verify()).broken).toEqual({ seq: 1, fault: 'altered' });
  });

  it('is searched newest first by every property, page by page', async () => {
    for (let i = 1; i <= 12; i++) await write(old(i), i, i <= 6 ? '张警官' : '刘警官');
    expect(await found({})).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(await found({ from: old(3), to: old(6) })).toEqual([5, 4, 3]);
    expect(await found({ actorName: '张警官', action: 'inmate.view' })).toEqual([5, 3, 1]);
    expect(await found({ actorId: 'id-刘警官', action: 'inmate.edit', subjectKind: 'inmate' })).toEqual([12, 10, 8]);
    expect(await found({ subjectId: 'i4' })).toEqual([4]);
    expect(await found({ text: '第1' })).toEqual([12, 11, 10, 1]);
    expect(await found({ text: '00%"' })).toHaveLength(12);
    expect(await found({ text: '0_"' })).toEqual([]);
    expect(await found({ text: "' or 1=1 --" })).toEqual([]);
    const first = await searchAudit(db, { action: 'inmate.view' }, { limit: 4 });
    const second = await searchAudit(db, { action: 'inmate.view' }, { limit: 4, cursor: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ seq }) => seq)).toEqual([11, 9, 7, 5, 3, 1]);
    expect(second.next).toBeNull();
    await expect(searchAudit(db, {}, { limit: 4, cursor: 'x' })).rejects.toMatchObject({ code: 'bad_request' });
    expect(await listAuditActions(db)).toEqual(['inmate.edit', 'inmate.view']);
  });

  it.each([
    ['time', { ms: 0, part: 2, window: 5000 }],
    ['records', { ms: 1000, part: 2, window: 2 }],
  ])('loses none of what it has too little %s to look at for one page', async (_what, patience) => {
    for (let i = 0; i < 9; i++) await write(toInstant(Date.now()), i);
    const found: string[] = [];
    let pages = 0;
    for (let cursor: string | undefined; ; pages++) {
      const page = await searchAudit(db, { text: '次 100%', action: 'inmate.edit' }, { limit: 2, cursor }, patience);
      found.push(...page.items.map((row) => row.subject_id));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(found).toEqual(['i8', 'i6', 'i4', 'i2', 'i0']);
    expect(pages).toBeGreaterThan(1);
    // Without anything to look for, a page is full however long it takes.
    expect((await searchAudit(db, {}, { limit: 7 }, patience)).items).toHaveLength(7);
  });

  it('looks less far for each where many ask at once', () => {
    expect(patienceAmong(1)).toEqual({ ms: 40, window: 5000, part: 500 });
    expect(patienceAmong(4)).toEqual({ ms: 10, window: 1250, part: 500 });
    expect(patienceAmong(200)).toEqual({ ms: 0.2, window: 200, part: 200 });
  });

  it('names the first broken link: changed, taken out, cut off, computed anew, a forged point', async () => {
    for (let i = 1; i <= 6; i++) await write(now(), i);
    expect(await verify()).toEqual({ from: 1, to: 6, checked: 6, broken: null });
    for (let i = 7; i <= 9; i++) await write(now(), i);
    expect(await verify('recent')).toMatchObject({ from: 7, to: 9, checked: 3, broken: null });
    await unprotectAudit(db);
    const rows = await audit().selectFrom('audit').selectAll().orderBy('seq').execute();
    const restore = async () => {
      await audit().deleteFrom('audit').execute();
      await audit().insertInto('audit').values(rows).execute();
    };
    await audit().updateTable('audit').set({ detail: '{}' }).where('seq', '=', 4).execute();
    expect((await verify()).broken).toEqual({ seq: 4, fault: 'altered' });
    await restore();
    await audit().deleteFrom('audit').where('seq', '=', 5).execute();
    expect((await verify()).broken).toEqual({ seq: 5, fault: 'missing' });
    await audit().deleteFrom('audit').where('seq', '>', 5).execute();
    await audit()
      .updateTable('audit_head')
      .set({ seq: 4, hash: rows[3]?.hash ?? '' })
      .execute();
    expect((await verify()).broken).toEqual({ seq: 5, fault: 'missing' });
    await audit().deleteFrom('audit').execute();
    await audit()
      .updateTable('audit_head')
      .set({ seq: 0, hash: '0'.repeat(64) })
      .execute();
    for (let i = 1; i <= 9; i++) await write(old(1), i);
    expect(await verifyAudit(db)).toBeNull();
    expect((await verify()).broken).toEqual({ seq: 6, fault: 'rewritten' });
    await audit()
      .updateTable('audit_anchors')
      .set({ hash: 'f'.repeat(64) })
      .where('seq', '=', 6)
      .execute();
    expect((await verify()).broken).toEqual({ seq: 6, fault: 'signature' });
  });

  it('is archived only beyond six months, sealed and signed, and verifies from there', async () => {
    for (let i = 1; i <= 4; i++) await write(old(i), i);
    await write(now(), 5);
    await write(old(9), 6);
    const archived = await archiveAudit(deps(), 0, SYSTEM_ACTOR);
    expect(archived).toMatchObject({ from: 1, to: 4, records: 4, file: 'audit-1-4.sealed' });
    expect(await found({})).toEqual([7, 5, 6]);
    expect(await archiveAudit(deps(), 0, SYSTEM_ACTOR)).toBeNull();
    expect(await verify()).toEqual({ from: 5, to: 7, checked: 3, broken: null });
    const lines = [];
    for await (const row of readArchive(store, 'audit-1-4.sealed')) lines.push(row.subject_id);
    expect(lines).toEqual(['i1', 'i2', 'i3', 'i4']);
    expect(await listArchives(db)).toMatchObject([{ file: 'audit-1-4.sealed', records: 4 }]);
    // The database refuses by itself, too.
    await expect(audit().deleteFrom('audit').where('seq', '=', 5).execute()).rejects.toThrow(/append-only/);
    await expect(audit().deleteFrom('audit_anchors').execute()).rejects.toThrow(/append-only/);
    const folder = join(store.dataDir, 'audit-archive');
    const file = join(folder, readdirSync(folder)[0] ?? '');
    const bytes = readFileSync(file);
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    const changed = async () => {
      for await (const _ of readArchive(store, 'audit-1-4.sealed'));
    };
    await expect(changed()).rejects.toMatchObject({ code: 'data_damaged' });
  });

  it('keeps a broken part, however old', async () => {
    for (let i = 1; i <= 4; i++) await write(old(i), i);
    await unprotectAudit(db);
    await audit().updateTable('audit').set({ detail: '{}' }).where('seq', '=', 2).execute();
    await expect(archiveAudit(deps(), 6, SYSTEM_ACTOR)).rejects.toMatchObject({ code: 'data_damaged' });
    expect(await found({})).toHaveLength(4);
  });

  it('is verified in the background, with what came of it', async () => {
    for (let i = 1; i <= 3; i++) await write(now(), i);
    const asked = await askVerification(db, systemClock, 'full', officer('审计员'));
    await expect(askVerification(db, systemClock, 'full', officer('审计员'))).rejects.toMatchObject({ code: 'wrong_state' });
    await using stack = new AsyncDisposableStack();
    stack.use(workOnVerifications({ ...deps(), log, owner: 'w' }));
    await expect.poll(async () => (await listVerifications(db, { limit: 1 }))[0]?.state, { timeout: 10_000 }).toBe('intact');
    expect(await listVerifications(db, { limit: 5 })).toMatchObject([
      { id: asked.id, checked: 4, last_seq: 4, broken_seq: null, asked_by: '审计员' },
    ]);
  });

  it('takes refusals, but not a flood of them', async () => {
    const clock = new FakeClock();
    const events = new SecurityEvents({ db, clock, log }, { perSource: 3, overall: 5 });
    const refuse = (address: string) =>
      events.record({ action: 'session.refused', actor: NOBODY, subject: { kind: 'account', id: 'x' }, address });
    for (let i = 0; i < 50; i++) await refuse('10.0.0.1');
    for (let i = 0; i < 50; i++) await refuse(`10.0.1.${i}`);
    expect(await found({ action: 'session.refused' })).toHaveLength(5);
    clock.advance(61_000);
    await refuse('10.0.0.1');
    const [left] = (await searchAudit(db, { action: 'security.suppressed' }, { limit: 1 })).items;
    expect(JSON.parse(left?.detail ?? '{}')).toEqual({ left: 95 });
    expect((await verify()).broken).toBeNull();
  });
});

describe('the retention', () => {
  it('is counted in months of the calendar, and never under six', () => {
    expect(archiveBefore(new Date('2026-08-31T10:00:00.000Z'), 6)).toBe('2026-02-28T10:00:00.000Z');
    expect(archiveBefore(new Date('2026-11-21T10:00:00.000Z'), 1)).toBe('2026-05-21T10:00:00.000Z');
    expect(archiveBefore(new Date('2026-03-10T10:00:00.000Z'), 18)).toBe('2024-09-10T10:00:00.000Z');
  });
});
