import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId, PrisonId } from '@qinqiao/contracts';
import { closeRecording, type FinishedFile, finishRecording, openRecording, sm3Of } from '@qinqiao/domain/recordings';
import { type Clock, createLogger, type CryptoProvider, type Db, toInstant } from '@qinqiao/server-kit';
import { afterFiles, RecordingKeeper, type KeeperDeps } from './keeper.ts';

/** Calls that break off a keeper's job as a crash would: nothing that follows runs. */
export class Crash extends Error {}

/** A recording whose files are made and lie open, waiting to be sealed. `sizes`: file name → bytes. */
export async function addFinishedRecording(
  { db, clock, dataDir }: { db: Db; clock: Clock; dataDir: string },
  { callId, prisonId, sizes, after = true }: { callId: CallId; prisonId: string; sizes: Record<string, number>; after?: boolean },
): Promise<Record<string, Buffer>> {
  const at = toInstant(clock.now());
  const { generation, folder } = await openRecording(db, { callId, prisonId: prisonId as PrisonId, epoch: at, owner: 'r', at });
  await closeRecording(db, callId, at, () => Promise.resolve());
  mkdirSync(join(dataDir, folder), { recursive: true });
  const contents: Record<string, Buffer> = {};
  const files: FinishedFile[] = [];
  for (const [name, size] of Object.entries(sizes)) {
    const content = randomBytes(size);
    contents[name] = content;
    writeFileSync(join(dataDir, folder, name), content);
    files.push({ ...describe(name), bytes: size, sha256: createHash('sha256').update(content).digest('hex'), sm3: sm3Of(content) });
  }
  const gaps = [{ participant: 'inmate', kind: 'video' as const, fromMs: 100, toMs: 300, cause: 'loss' as const }];
  await finishRecording(db, callId, { generation, files, gaps, error: null, at }, after ? afterFiles(clock)(callId) : undefined);
  return contents;
}

function describe(name: string): Omit<FinishedFile, 'bytes' | 'sha256' | 'sm3'> {
  const kind = name.startsWith('combined') ? ('combined' as const) : name.includes('video') ? ('video' as const) : ('audio' as const);
  return {
    name,
    participant: kind === 'combined' ? 'all' : 'inmate',
    kind,
    codec: 'vp8',
    mimeType: 'video/webm',
    startMs: 0,
    durationMs: 60_000,
  };
}

/** A keeper that works only when told to, in this thread. */
export function testKeeper(
  deps: Pick<KeeperDeps, 'db' | 'clock' | 'dataDir' | 'stores' | 'bulk'> & { crypto: CryptoProvider } & Partial<KeeperDeps>,
): RecordingKeeper {
  return new RecordingKeeper({
    log: createLogger('test', 'silent'),
    instance: 'test',
    software: 'qinqiao test',
    keepJournals: false,
    workDir: null,
    leaseMs: 5000,
    ...deps,
  });
}
