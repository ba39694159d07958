import { type MenuLayout, type MenuView, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, isDuplicateKey, writeAudit } from '@qinqiao/server-kit';
import type { SettingsTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<SettingsTables>();
const BUILT_IN: MenuLayout = { subsystems: [], entries: [] };
/** What a text column holds on MariaDB, with some room left. */
const MAX_BYTES = 60_000;

/** The console's menu; empty with version 0 where nobody has set one. */
export async function getMenu(db: Db): Promise<MenuView> {
  const row = await tables(db).selectFrom('menus').selectAll().where('id', '=', 1).executeTakeFirst();
  return row ? { layout: JSON.parse(row.layout) as MenuLayout, version: row.version } : { layout: BUILT_IN, version: 0 };
}

/** Sets the console's menu as a whole. Throws `edit_conflict` when another was quicker, `bad_request` when it is too large. */
export async function setMenu(db: Db, { layout, version }: MenuView, actor: Actor, at: string): Promise<MenuView> {
  const text = JSON.stringify(layout);
  if (Buffer.byteLength(text) > MAX_BYTES) throw new QinqiaoError('bad_request', { fields: { layout: 'too large' } });
  return db.transaction().execute(async (trx) => {
    const row = await tables(trx).selectFrom('menus').selectAll().where('id', '=', 1).forUpdate().executeTakeFirst();
    if ((row?.version ?? 0) !== version) throw new QinqiaoError('edit_conflict');
    const fresh = { layout: text, version: version + 1, updated_at: at };
    if (row) await tables(trx).updateTable('menus').set(fresh).where('id', '=', 1).execute();
    else await insertFirst(trx, { id: 1, ...fresh });
    const detail = { before: row ? (JSON.parse(row.layout) as MenuLayout) : null, after: layout };
    await writeAudit(trx, { at, actor, action: 'menu.set', subject: { kind: 'menu', id: 'console' }, detail });
    return { layout, version: version + 1 };
  });
}

async function insertFirst(trx: Db, row: SettingsTables['menus']): Promise<void> {
  try {
    await tables(trx).insertInto('menus').values(row).execute();
  } catch (error) {
    if (isDuplicateKey(error)) throw new QinqiaoError('edit_conflict', { cause: error });
    throw error;
  }
}
