import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { askedOften, type Db, openDatabase } from './index.ts';

type Notes = { notes: { id: string; text: string } };
let dataDir: string;
let db: Db;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-often-'));
  db = openDatabase({ dataDir });
  await sql`create table notes (id text primary key, text text not null)`.execute(db);
  const values = [
    { id: 'a', text: '甲' },
    { id: 'b', text: '乙' },
  ];
  await db.withTables<Notes>().insertInto('notes').values(values).execute();
});
afterEach(async () => {
  await db.destroy();
  rmSync(dataDir, { recursive: true });
});

it('asks with each value, and puts the query together once', async () => {
  let built = 0;
  const find = askedOften((store, id) => {
    built++;
    return store.withTables<Notes>().selectFrom('notes').select('text').where('text', '!=', '丙').where('id', '=', id).limit(1);
  });
  expect(await find(db, 'a')).toEqual([{ text: '甲' }]);
  expect(await find(db, 'b')).toEqual([{ text: '乙' }]);
  expect(await find(db, "' or 1=1")).toEqual([]);
  expect(built).toBe(1);
});

it('reads what was changed since, also within a transaction', async () => {
  const find = askedOften((store, id) => store.withTables<Notes>().selectFrom('notes').select('text').where('id', '=', id));
  expect(await find(db, 'a')).toEqual([{ text: '甲' }]);
  await db.transaction().execute(async (trx) => {
    await trx.withTables<Notes>().updateTable('notes').set({ text: '丁' }).where('id', '=', 'a').execute();
    expect(await find(trx, 'a')).toEqual([{ text: '丁' }]);
    expect(await find(db, 'a')).toEqual([{ text: '甲' }]);
  });
});
