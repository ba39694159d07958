// npm run audit:verify [-- --recent]: walks the audit trail of the installation that the environment names. Exit code 1: it is broken.
import { migrations } from '@qinqiao/domain';
import { verifyTrail } from '@qinqiao/domain/audit';
import { loadConfig, migrateOnce, openDatabase, openSoftwareCrypto, systemClock } from '@qinqiao/server-kit';

const FAULTS = {
  altered: '内容被改动 altered',
  missing: '记录缺失 missing',
  rewritten: '链被重新计算 computed anew',
  signature: '签名点无效 the signature of a signed point does not fit',
};

async function main(): Promise<boolean> {
  const config = loadConfig();
  const database = { dataDir: config.dataDir, databaseUrl: config.databaseUrl };
  await using stack = new AsyncDisposableStack();
  const db = openDatabase(database);
  stack.defer(() => db.destroy());
  await migrateOnce(db, migrations, database);
  const started = performance.now();
  const extent = process.argv.includes('--recent') ? 'recent' : 'full';
  const onProgress = (checked: number) => process.stderr.write(`\r${checked.toLocaleString('en')} …`);
  const crypto = openSoftwareCrypto(config, systemClock);
  const { from, to, checked, broken } = await verifyTrail({ db, crypto, clock: systemClock, database, extent, onProgress });
  const seconds = (performance.now() - started) / 1000;
  process.stderr.write('\r');
  console.log(
    `${checked.toLocaleString('en')} 条记录 records (${from}…${to}), ${seconds.toFixed(1)} s, ${Math.round(checked / seconds).toLocaleString('en')}/s`,
  );
  if (broken) console.log(`✗ 第一处断链 First broken link: #${broken.seq} – ${FAULTS[broken.fault]}`);
  else console.log('✓ 审计记录完整 The audit trail is intact');
  return !broken;
}

main().then(
  (intact) => process.exit(intact ? 0 : 1),
  (error: unknown) => {
    console.error(`✗ ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(2);
  },
);
