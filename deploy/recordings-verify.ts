// npm run recordings:verify [-- callId …]: compares sealed recordings with what was sealed; without ids all of them. Exit code 1: one is
// not as it was; 2: one could not be checked.
import { type CallId, ERRORS, type EvidenceFault, QinqiaoError } from '@qinqiao/contracts';
import { migrations } from '@qinqiao/domain';
import { eachSealed, openRecordingStores, verifyRecording } from '@qinqiao/domain/recordings';
import { bulkHere } from '@qinqiao/recorder';
import {
  loadConfig,
  migrateOnce,
  openDatabase,
  openSoftwareCrypto,
  SYSTEM_ACTOR,
  systemClock,
  toInstant,
  writeAudit,
} from '@qinqiao/server-kit';

const FAULTS: Record<EvidenceFault['fault'], string> = {
  missing: '文件缺失 missing',
  truncated: '文件被截短 truncated',
  altered: '内容被改动 altered',
  swapped: '内容被调换 swapped',
  unlisted: '数据库所列与清单不一致 the database lists something else',
  manifest_missing: '封存清单缺失 the manifest is missing',
  manifest_altered: '封存清单被改动 the manifest was changed',
  signature: '签名无效 the signature is not valid',
  trail: '审计记录登记的是另一份清单 the audit trail names another manifest',
};

const describe = ({ file, fault, block, detail }: EvidenceFault) => {
  const place = block === null ? '' : `, 第一个不一致的块 first block: ${block}`;
  return `    ${file}: ${FAULTS[fault]}${place}${detail === null ? '' : ` (${detail})`}`;
};

/** What cannot be checked (no such recording, not sealed yet, deleted, a store that does not answer) does not keep the others from it. */
function whyNot(error: unknown): QinqiaoError {
  if (error instanceof QinqiaoError) return error;
  throw error;
}

async function main(): Promise<number> {
  const config = loadConfig();
  const database = { dataDir: config.dataDir, databaseUrl: config.databaseUrl };
  await using stack = new AsyncDisposableStack();
  const db = openDatabase(database);
  stack.defer(() => db.destroy());
  await migrateOnce(db, migrations, database);
  const crypto = openSoftwareCrypto(config, systemClock);
  const stores = stack.use(await openRecordingStores(config.storage));
  const { checkStored } = bulkHere(stores);
  const ids = process.argv.slice(2).filter((argument) => !argument.startsWith('-')) as CallId[];
  const sum = { checked: 0, unchecked: 0, broken: 0, bytes: 0, seconds: 0 };
  for await (const callId of ids.length > 0 ? ids : eachSealed(db)) {
    const onShare = (share: number) => process.stderr.write(`\r${callId} ${Math.round(share * 100)} % …`);
    const verdict = await verifyRecording({ db, crypto, clock: systemClock, stores, checkStored }, callId, { onShare }).catch(whyNot);
    process.stderr.write('\r');
    if ('code' in verdict) {
      console.log(`? ${callId}: ${ERRORS[verdict.code].zh} ${ERRORS[verdict.code].en}`);
      sum.unchecked++;
      continue;
    }
    const detail = { intact: verdict.intact, faults: verdict.faults.slice(0, 5) };
    const entry = { at: toInstant(systemClock.now()), actor: SYSTEM_ACTOR, action: 'recording.verified' };
    await writeAudit(db, { ...entry, subject: { kind: 'call', id: callId }, detail });
    console.log(
      `${verdict.intact ? '✓' : '✗'} ${callId}: ${verdict.files} 个文件 files, ${(verdict.bytes / 1e6).toFixed(1)} MB, ${verdict.seconds} s`,
    );
    for (const fault of verdict.faults) console.log(describe(fault));
    sum.checked++;
    sum.bytes += verdict.bytes;
    sum.seconds += verdict.seconds;
    if (!verdict.intact) sum.broken++;
  }
  const speed = sum.seconds > 0 ? ` (${Math.round(sum.bytes / 1e6 / sum.seconds)} MB/s)` : '';
  console.log(
    `${sum.checked} 个录音录像 recordings, ${(sum.bytes / 1e6).toFixed(1)} MB${speed}, ${sum.broken} 个不一致 not as sealed, ${sum.unchecked} 个未能校验 not checked`,
  );
  return sum.broken > 0 ? 1 : sum.unchecked > 0 ? 2 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(`✗ ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    process.exit(2);
  },
);
