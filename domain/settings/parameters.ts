import { type Instant, PARAMETERS, type ParameterKey, type ParameterValue, parseOrThrow, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type Db, type DbTransaction, isDuplicateKey, writeAudit } from '@qinqiao/server-kit';
import { z } from 'zod';
import type { SettingsTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<SettingsTables>();

/**
 * A parameter's value now: what was set in the console, or its default. Reads one row by its key each time, so that a change counts at
 * once in every process.
 */
export async function readParameter<Key extends ParameterKey>(db: Db, key: Key): Promise<ParameterValue<Key>> {
  return (await readParameters(db, [key]))[key];
}

/** Several parameters with one query. */
export async function readParameters<Key extends ParameterKey>(db: Db, keys: readonly Key[]): Promise<{ [K in Key]: ParameterValue<K> }> {
  const stored = await loadStored(db, keys);
  return Object.fromEntries(keys.map((key) => [key, valueOf(key, stored.get(key))])) as { [K in Key]: ParameterValue<K> };
}

export interface Parameter {
  key: ParameterKey;
  value: string | number;
  /** 0: nobody has set it. */
  version: number;
  updatedAt: Instant | null;
  updatedBy: string | null;
}

/** Parameters as they stand, with who set them last. */
export async function listParameters(db: Db, keys: readonly ParameterKey[]): Promise<Parameter[]> {
  const stored = await loadStored(db, keys);
  return keys.map((key) => {
    const row = stored.get(key);
    const { version = 0, updated_at: updatedAt = null, updated_by: updatedBy = null } = row ?? {};
    return { key, value: valueOf(key, row), version, updatedAt, updatedBy };
  });
}

/**
 * Sets a parameter, with an audit record of before and after. Throws `bad_request` naming `value` when it may not be that,
 * `edit_conflict` when the version is not the one that stands. Works in the caller's transaction when `db` is one.
 */
export async function setParameter(
  db: Db,
  { key, value, version }: { key: ParameterKey; value: unknown; version: number },
  actor: Actor,
  at: Instant,
): Promise<Parameter> {
  const { value: checked } = parseOrThrow(z.object({ value: PARAMETERS[key].schema }), { value });
  const set = async (trx: DbTransaction) => {
    const row = await tables(trx).selectFrom('parameters').selectAll().where('name', '=', key).forUpdate().executeTakeFirst();
    if ((row?.version ?? 0) !== version) throw new QinqiaoError('edit_conflict');
    const fresh = { value: JSON.stringify(checked), version: version + 1, updated_at: at, updated_by: actor.name };
    if (row) await tables(trx).updateTable('parameters').set(fresh).where('name', '=', key).execute();
    else await insertFirst(trx, { name: key, ...fresh });
    const detail = { before: valueOf(key, row), after: checked };
    await writeAudit(trx, { at, actor, action: 'parameter.set', subject: { kind: 'parameter', id: key }, detail });
    return { key, value: checked, version: fresh.version, updatedAt: at, updatedBy: actor.name };
  };
  return db.isTransaction ? set(db as DbTransaction) : db.transaction().execute(set);
}

async function insertFirst(trx: Db, row: SettingsTables['parameters']): Promise<void> {
  try {
    await tables(trx).insertInto('parameters').values(row).execute();
  } catch (error) {
    if (isDuplicateKey(error)) throw new QinqiaoError('edit_conflict', { cause: error });
    throw error;
  }
}

type Row = SettingsTables['parameters'];

async function loadStored(db: Db, keys: readonly ParameterKey[]): Promise<Map<string, Row>> {
  if (keys.length === 0) return new Map();
  const rows = await tables(db)
    .selectFrom('parameters')
    .selectAll()
    .where('name', 'in', [...keys])
    .execute();
  return new Map(rows.map((row) => [row.name, row]));
}

/** A stored value that this version would not take any more counts as not set. */
function valueOf<Key extends ParameterKey>(key: Key, row: Row | undefined): ParameterValue<Key> {
  const { schema, initial } = PARAMETERS[key];
  const parsed = row ? schema.safeParse(JSON.parse(row.value)) : undefined;
  return (parsed?.success ? parsed.data : initial) as ParameterValue<Key>;
}
