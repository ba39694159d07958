import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Db, openDatabase } from './index.ts';

type Notes = { notes: { id: number; text: string } };

describe('the embedded store', () => {
  let dataDir: string;
  let db: Db;
  let other: DatabaseSync;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'qinqiao-embedded-'));
    db = openDatabase({ dataDir });
    await sql`create table notes (id integer primary key, text text not null)`.execute(db);
    other = new DatabaseSync(join(dataDir, 'qinqiao.db'));
  });
  afterEach(async () => {
    other.close();
    await db.destroy();
    rmSync(dataDir, { recursive: true });
  });
  const notes = () => db.withTables<Notes>();
  const texts = async (store = notes()) => (await store.selectFrom('notes').select('text').orderBy('id').execute()).map(({ text }) => text);
  const add = (text: string, store = notes()) =>
    store
      .insertInto('notes')
      .values({ id: text.charCodeAt(0), text })
      .execute();

  it('goes on reading, and waits with writing, while another process writes', async () => {
    await add('a');
    other.exec('begin immediate');
    other.exec("insert into notes values (98, 'b')");
    const settled: string[] = [];
    const write = add('c').then(() => settled.push('write'));
    const transaction = db
      .transaction()
      .execute((trx) => add('d', trx.withTables<Notes>()))
      .then(() => settled.push('transaction'));
    // Their first tries have been refused by now, and nothing has waited for them.
    for (let round = 0; round < 20; round++) {
      expect(await texts()).toEqual(['a']);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(settled).toEqual([]);
    other.exec('commit');
    await Promise.all([write, transaction]);
    expect(await texts()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('shows a transaction to nobody else before its end, and none that was given up', async () => {
    await db.transaction().execute(async (trx) => {
      await add('a', trx.withTables<Notes>());
      expect(await texts(trx.withTables<Notes>())).toEqual(['a']);
      expect(await texts()).toEqual([]);
    });
    expect(await texts()).toEqual(['a']);
    const given = db.transaction().execute(async (trx) => {
      await add('b', trx.withTables<Notes>());
      throw new Error('given up');
    });
    await expect(given).rejects.toThrow('given up');
    expect(await texts()).toEqual(['a']);
    await add('b');
    expect(await texts()).toEqual(['a', 'b']);
  });

  it('lets many writers of one process write one after the other', async () => {
    await add('a');
    const increase = () =>
      db.transaction().execute(async (trx) => {
        const store = trx.withTables<Notes>();
        const { text } = await store.selectFrom('notes').select('text').executeTakeFirstOrThrow();
        await new Promise((resolve) => setImmediate(resolve));
        await store
          .updateTable('notes')
          .set({ text: `${text}+` })
          .execute();
      });
    await Promise.all(Array.from({ length: 30 }, increase));
    expect(await texts()).toEqual([`a${'+'.repeat(30)}`]);
  });

  it('reads the newest state while rows are streamed of an older one', async () => {
    for (const text of ['a', 'b', 'c']) await add(text);
    const streamed: string[] = [];
    for await (const { text } of notes().selectFrom('notes').select('text').orderBy('id').stream()) {
      streamed.push(text);
      if (text === 'a') await add('d');
      expect(await texts()).toContain('d');
    }
    expect(streamed.slice(0, 3)).toEqual(['a', 'b', 'c']);
  });

  it('takes a changed table for what it is now', async () => {
    await add('a');
    expect(await notes().selectFrom('notes').selectAll().execute()).toEqual([{ id: 97, text: 'a' }]);
    await sql`alter table notes add column seen integer`.execute(db);
    expect(await notes().selectFrom('notes').selectAll().execute()).toEqual([{ id: 97, text: 'a', seen: null }]);
    other.exec('alter table notes add column heard integer');
    expect(await notes().selectFrom('notes').selectAll().execute()).toEqual([{ id: 97, text: 'a', seen: null, heard: null }]);
  });

  it('finds what is in a list, however long it is and whatever stands in it', async () => {
    const names = ['a', "b'", 'c"', '字', '\n', '', ...Array.from({ length: 3000 }, (_, index) => `x${index}`)];
    for (const text of names.slice(0, 6))
      await notes()
        .insertInto('notes')
        .values({ id: names.indexOf(text), text })
        .execute();
    const among = (list: string[]) => notes().selectFrom('notes').select('text').where('text', 'in', list).orderBy('id').execute();
    expect((await among(names)).map(({ text }) => text)).toEqual(names.slice(0, 6));
    expect((await among(names.slice(2))).map(({ text }) => text)).toEqual(names.slice(2, 6));
    const ids = await notes()
      .selectFrom('notes')
      .select('id')
      .where(
        'id',
        'in',
        Array.from({ length: 100 }, (_, index) => index + 4),
      )
      .execute();
    expect(ids.map(({ id }) => id)).toEqual([4, 5]);
    const rest = notes().selectFrom('notes').select('id').where('text', 'not in', names.slice(1)).execute();
    expect(await rest).toEqual([{ id: 0 }]);
    await notes().updateTable('notes').set({ text: 'z' }).where('text', 'in', names).execute();
    expect((await notes().deleteFrom('notes').where('id', 'in', [0, 1, 2, 3, 4, 5, 6, 7, 8]).executeTakeFirst()).numDeletedRows).toBe(6n);
  });
});
