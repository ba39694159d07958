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

async function addSomeInitials(db: Db, table: 'inmates' | 'families'): Promise<boolean> {
  const without = await db.withTables<PeopleTables>().selectFrom(table).select('id').where('pinyin', '=', '').limit(BATCH).execute();
  if (without.length === 0) return false;
  await db.transaction().execute(async (trx) => {
    const people = trx.withTables<PeopleTables>();
    const ids = without.map(({ id }) => id);
    // Locked by their keys and in their order: two processes that went along the index that is being changed would lock each other out.
    const columns = ['id', 'name', 'pinyin', 'created_at'] as const;
    const rows = await people.selectFrom(table).select(columns).where('id', 'in', ids).orderBy('id').forUpdate().execute();
    const now = toInstant(Date.now());
    for (const { id, name, created_at } of rows.filter(({ pinyin }) => pinyin === '')) {
      const made = { pinyin: pinyinInitials(name), created_at: created_at || now, updated_at: now };
      await people.updateTable(table).set(made).where('id', '=', id).execute();
    }
  });
  return without.length === BATCH;
}
