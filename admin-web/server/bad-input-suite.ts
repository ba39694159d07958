import { createHash } from 'node:crypto';
import { tableScopes } from '@qinqiao/domain';
import { addTestPeople, type Database, type TestPeople } from '@qinqiao/domain/testing';
import { verifyAudit } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  type Attempt,
  INJECTIONS,
  type OpenApi,
  type Operation,
  operationsOf,
  sample,
  send,
  WRONG_BODIES,
} from './bad-input-testing.ts';
import { openRestServer, type RestServer } from './rest-testing.ts';

/** What a request leaves behind by itself, whatever it asks: counters, trails and log-ins. */
const VOLATILE = new Set([
  'audit',
  'audit_head',
  'audit_refusals',
  'idempotency_keys',
  'jobs',
  'kysely_migration',
  'kysely_migration_lock',
  'login_challenges',
  'login_failures',
  'officer_factors',
  'sessions',
]);
/** As bytes, because it is sent thousands of times. */
const OVERSIZE = Buffer.from(JSON.stringify({ name: 'x'.repeat(400_000) }));
/** Nothing of these may ever be in an answer. */
const LEAKS = [/sqlite|mariadb|er_[a-z]+_|kysely|select .* from/i, /node_modules|\.ts:\d+/, /argon2id\$/, /root:.:0:0/];

let server: RestServer;
let document: OpenApi;
let operations: Operation[];
let ours: TestPeople;

type Rows = Map<string, string[]>;

/** Every row of the tables, as hashes. */
async function snapshot(tables: readonly string[]): Promise<Rows> {
  const rows: Rows = new Map();
  for (const table of tables) {
    const found = await server.store.db.withTables<Record<string, Record<string, unknown>>>().selectFrom(table).selectAll().execute();
    rows.set(table, found.map((row) => createHash('sha1').update(JSON.stringify(row)).digest('hex')).toSorted());
  }
  return rows;
}

async function tables(): Promise<string[]> {
  const found = await server.store.db.introspection.getTables();
  return found.map(({ name }) => name).filter((name) => !VOLATILE.has(name));
}

const pathOf = (operation: Operation, value: string) => operation.path.replace(/\{\w+\}/g, () => encodeURIComponent(value));

function queryOf(operation: Operation, text: string): string {
  const fields = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');
  const query = new URLSearchParams(fields.map(({ name, schema }) => [name, String(sample(schema, document, text))])).toString();
  return query && `?${query}`;
}

const bodySchema = (operation: Operation) => operation.requestBody?.content['application/json']?.schema;

/** One route, tried in many ways; `id` stands where the path names something. */
function attempts(
  operation: Operation,
  ids: readonly string[],
  { injections = INJECTIONS }: { injections?: readonly string[] } = {},
): Attempt[] {
  const schema = bodySchema(operation);
  const filled = (text: string) => (schema ? { body: sample(schema, document, text) } : {});
  const [id = 'x'] = ids;
  return [
    ...ids.map((value) => ({ operation, path: pathOf(operation, value), ...filled(value) })),
    ...ids.map((value) => ({ operation, path: pathOf(operation, value) + queryOf(operation, id), ...filled(id) })),
    ...injections.map((text) => ({ operation, path: pathOf(operation, text) + queryOf(operation, text), ...filled(text) })),
    ...(schema ? WRONG_BODIES.map((body) => ({ operation, path: pathOf(operation, id), body })) : []),
    ...(schema ? [{ operation, path: pathOf(operation, id), raw: '{"a":' }] : []),
    ...(schema ? [{ operation, path: pathOf(operation, id), raw: OVERSIZE }] : []),
    { operation, path: `${pathOf(operation, id)}?limit=999999&cursor=${encodeURIComponent(INJECTIONS[0] ?? '')}&scope=x`, ...filled('x') },
    { operation, path: pathOf(operation, 'x'.repeat(5000)), ...filled('x'.repeat(50_000)) },
    { operation, path: operation.path.replace(/\{\w+\}/g, '%E0%A4%A'), ...filled('x') },
  ];
}

interface Check {
  by: string | undefined;
  allowed: (status: number) => boolean;
  secrets: readonly string[];
}

/** Sends all, some at a time, and answers which were not answered properly or gave something away. */
async function sendAll(all: readonly Attempt[], check: Check): Promise<string[]> {
  const wrong: string[] = [];
  const waiting = all.values();
  const work = async () => {
    for (const attempt of waiting) wrong.push(...problemsOf(attempt, await send(server.url, attempt, check.by), check));
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return wrong;
}

function problemsOf(attempt: Attempt, { status, text }: Answer, { allowed, secrets }: Check): string[] {
  const leak = [...LEAKS.map((pattern) => pattern.exec(text)?.[0]), ...secrets.filter((secret) => text.includes(secret))].find(Boolean);
  if (status < 500 && allowed(status) && !leak) return [];
  const { operation, path, body, raw } = attempt;
  const tried = JSON.stringify(body ?? raw?.toString() ?? '').slice(0, 120);
  return [`${operation.operationId} ${operation.method} ${path.slice(0, 120)} ${tried} → ${status} ${leak ?? text.slice(0, 200)}`];
}

const permissionOf = ({ description }: Operation) => /Permission: `([^`]+)`/.exec(description ?? '')?.[1];
/** Routes for the log-ins of families and inmates only. */
const isForOthers = ({ description }: Operation) => /^For: (?!.*officer)/.test(description ?? '');

/** Attacks every route of the interface on one database; each has a test file of its own, so that they run side by side. */
export const testBadInput = (on: Database) =>
  describe(`bad input on ${on}`, { timeout: 180_000 }, () => {
    beforeEach(async () => {
      server = await openRestServer(on);
      document = (await (await fetch(`${server.url}/openapi.json`)).json()) as OpenApi;
      // Whoever logs out is refused everything afterwards, which would show nothing.
      operations = operationsOf(document).filter(({ operationId }) => operationId !== 'logout');
      ours = await addTestPeople(server.store.db, 'argon2id$none');
    });
    afterEach(() => server[Symbol.asyncDispose]());
    const idsOfOurs = () => [ours.ids.inmate, ours.ids.family, ours.ids.officer, ours.ids.prison, ours.ids.ward, ours.ids.room];
    const secretsOfOurs = () => [ours.keys.number, ours.keys.phone, ours.keys.device, ours.keys.account];

    /** Who may not ask is refused before the input comes near a database: the second one sees a few of the attempts. */
    const refused = (...args: Parameters<typeof attempts>) => {
      const all = attempts(...args);
      return on === 'sqlite' || !args[0].security ? all : all.slice(0, 4);
    };

    it('describes every route of the interface', () => {
      expect(operations.length).toBeGreaterThan(100);
      expect(operations.filter(({ security }) => !security).map(({ operationId }) => operationId)).toEqual([
        'loginOfficer',
        'loginSecondFactor',
        'loginInmate',
        'loginFamily',
        'startIdentity',
        'registerFamily',
        'takeHandover',
        'pairTablet',
        'tabletHeartbeat',
        'loginOfficerOnTablet',
        'loginSecondOnTablet',
      ]);
    });

    it('is refused to somebody who is not logged in, and changes nothing', async () => {
      const before = await snapshot(await tables());
      const all = operations.flatMap((operation) => refused(operation, [ours.ids.inmate]));
      const check = { allowed: (status: number) => status >= 400, secrets: secretsOfOurs() };
      expect(await sendAll(all, { ...check, by: undefined })).toEqual([]);
      expect(await sendAll(all.slice(0, 50), { ...check, by: 'forged.token' })).toEqual([]);
      expect(await snapshot(await tables())).toEqual(before);
      expect(await verifyAudit(server.store.db)).toBeNull();
    });

    it('is refused to an officer whose roles allow nothing', async () => {
      const officer = await server.officer(ours.ids.prison, 'audit-admin', { kind: 'own' });
      const access = server.store.db.withTables<{ officer_access: { officer_id: string } }>();
      await access.deleteFrom('officer_access').where('officer_id', '=', officer.id).execute();
      const before = await snapshot(await tables());
      // What is the officer's own (password, factors, sessions, to-do list) is his whatever he may do.
      const guarded = operations.filter(permissionOf);
      expect(guarded.length).toBeGreaterThan(60);
      const all = guarded.flatMap((operation) => refused(operation, idsOfOurs(), { injections: INJECTIONS.slice(0, 3) }));
      const check = { by: officer.token, secrets: secretsOfOurs() };
      expect(await sendAll(all, { ...check, allowed: (status) => status >= 400 })).toEqual([]);
      const own = operations.filter((operation) => !guarded.includes(operation)).flatMap((operation) => attempts(operation, idsOfOurs()));
      expect(await sendAll(own, { ...check, allowed: (status) => status < 500 })).toEqual([]);
      expect((await officer.as('GET', '/api/me')).status).toBe(200);
      expect(await snapshot(await tables())).toEqual(before);
    });

    it.each(['business-admin', 'system-admin', 'security-admin', 'audit-admin'])(
      'changes and shows nothing of another prison to its %s',
      async (role) => {
        const theirs = await addTestPeople(server.store.db);
        const officer = await server.officer(theirs.ids.prison, role, { kind: 'prisons', ids: [theirs.ids.prison] });
        const scoped = (await tables()).filter((table) => tableScopes[table] !== 'open');
        const before = await snapshot(scoped);
        const { permissions } = (await officer.as('GET', '/api/me')).body as { permissions: string[] };
        const open = operations.filter((operation) => permissions.includes(permissionOf(operation) ?? ''));
        const closed = operations.filter((operation) => isForOthers(operation) || (permissionOf(operation) && !open.includes(operation)));
        const all = open.flatMap((operation) => attempts(operation, idsOfOurs(), { injections: INJECTIONS.slice(0, 4) }));
        const check = { by: officer.token, secrets: secretsOfOurs() };
        expect(await sendAll(all, { ...check, allowed: (status) => status < 500 })).toEqual([]);
        // What is everybody's own and what the role may not do was tried with every input above, by somebody without a role.
        const own = operations.filter((operation) => !open.includes(operation) && !closed.includes(operation));
        const some = own.flatMap((operation) => attempts(operation, idsOfOurs(), { injections: [] }).slice(0, 2 * idsOfOurs().length));
        expect(await sendAll(some, { ...check, allowed: (status) => status < 500 })).toEqual([]);
        const plain = closed.flatMap((operation) => attempts(operation, idsOfOurs(), { injections: [] }).slice(0, 1));
        expect(await sendAll(plain, { ...check, allowed: (status) => status === 403 })).toEqual([]);
        const after = await snapshot(scoped);
        for (const [table, rows] of before) {
          const left = new Set(after.get(table));
          expect([table, rows.filter((row) => !left.has(row))]).toEqual([table, []]);
        }
      },
    );
  });
