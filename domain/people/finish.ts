import { type CryptoProvider, type Db, toInstant } from '@qinqiao/server-kit';
import { sealPersonal } from './personal.ts';
import { pinyinInitials } from './pinyin.ts';
import type { PeopleTables } from './tables.ts';

const BATCH = 200;

/**
 * What migrations cannot do, having neither keys nor libraries: encrypts telephone numbers that an older version stored in plain text,
 * and makes the missing initials of names. To be called after the migrations, before anybody is served; does nothing the second time,
 * goes on where it was broken off, and several processes may run it at once.
 */
export async function finishPeople(db: Db, crypto: CryptoProvider): Promise<void> {
  while (await encryptSomePhones(db, crypto));
  for (const table of ['inmates', 'families'] as const) while (await addSomeInitials(db, table));
}

function encryptSomePhones(db: Db, crypto: CryptoProvider): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const tables = trx.withTables<PeopleTables>();
    const rows = await tables.selectFrom('families_plain').select(['id', 'phone']).orderBy('id').limit(BATCH).forUpdate().execute();
    for (const { id, phone } of rows) {
      const columns = await sealPersonal(crypto, 'families', id, { phone });
      await tables.updateTable('families').set(columns).where('id', '=', id).execute();
      await tables.deleteFrom('families_plain').where('id', '=', id).execute();
    }
    return rows.length === BATCH;
  });
}

function addSomeInitials(db: Db, table: 'inmates' | 'families'): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const people = trx.withTables<PeopleTables>();
    const rows = await people
      .selectFrom(table)
      .select(['id', 'name', 'created_at'])
      .where('pinyin', '=', '')
      .limit(BATCH)
      .forUpdate()
      .execute();
    const now = toInstant(Date.now());
    for (const { id, name, created_at } of rows) {
      const columns = { pinyin: pinyinInitials(name), created_at: created_at || now, updated_at: now };
      await people.updateTable(table).set(columns).where('id', '=', id).execute();
    }
    return rows.length === BATCH;
  });
}
