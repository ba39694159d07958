// npm run backup -- FOLDER and npm run restore -- FOLDER: the installation that the environment names (QINQIAO_DATA, QINQIAO_DATABASE_URL).
import { resolve } from 'node:path';
import { migrations } from '@qinqiao/domain';
import {
  BackupError,
  ConfigError,
  type DatabaseOptions,
  loadConfig,
  makeBackup,
  openDatabase,
  restoreBackup,
  SYSTEM_ACTOR,
  systemClock,
  toInstant,
  verifyAudit,
  writeAudit,
} from '@qinqiao/server-kit';

const say = (table: string, rows: number) => console.log(`  ${table}: ${rows.toLocaleString('en')}`);
const subject = (folder: string) => ({ kind: 'backup', id: folder.slice(-64) });

async function backup(database: DatabaseOptions, folder: string): Promise<void> {
  const db = openDatabase(database);
  try {
    const entry = { at: toInstant(systemClock.now()), actor: SYSTEM_ACTOR, action: 'backup.make', subject: subject(folder) };
    await writeAudit(db, entry);
    const { tables } = await makeBackup({ db, database, clock: systemClock, folder, onTable: say });
    console.log(`✓ 备份完成 Backed up: ${tables.length} tables → ${folder}`);
    console.log('  根密钥（QINQIAO_SECRET 或 secret.key）与录像文件不在备份内，请另行保存。');
    console.log('  The root secret (QINQIAO_SECRET or secret.key) and the recordings are not in it: keep them separately.');
  } finally {
    await db.destroy();
  }
}

async function restore(database: DatabaseOptions, folder: string): Promise<void> {
  const manifest = await restoreBackup({ folder, database, migrations, onTable: say });
  const db = openDatabase(database);
  try {
    const broken = await verifyAudit(db);
    const detail = { madeAt: manifest.at };
    await writeAudit(db, {
      at: toInstant(systemClock.now()),
      actor: SYSTEM_ACTOR,
      action: 'backup.restore',
      subject: subject(folder),
      detail,
    });
    console.log(`✓ 恢复完成 Restored: ${manifest.tables.length} tables, ${manifest.at}`);
    if (broken !== null) throw new BackupError(`审计记录自第 ${broken} 条起不完整 The audit trail is broken at #${broken}`);
    console.log('✓ 审计记录完整 The audit trail is intact');
  } finally {
    await db.destroy();
  }
}

async function main(): Promise<void> {
  const [act = '', folder] = process.argv.slice(2);
  const run = { backup, restore }[act];
  if (!run || !folder) throw new ConfigError(`npm run ${act || 'backup'} -- FOLDER`);
  const { dataDir, databaseUrl } = loadConfig();
  await run({ dataDir, databaseUrl }, resolve(folder));
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const expected = error instanceof BackupError || error instanceof ConfigError;
    console.error(`✗ ${expected ? error.message : error instanceof Error ? error.stack : String(error)}`);
    process.exit(1);
  },
);
