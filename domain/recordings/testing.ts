import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CallId, PrisonId } from '@qinqiao/contracts';
import { type Clock, type CryptoProvider, type Db, DiskStore, toInstant } from '@qinqiao/server-kit';
import { sealFiles } from './bulk.ts';
import { sm3Of } from './evidence-manifest.ts';
import { type AfterFiles, type FinishedFile, finishRecording } from './files.ts';
import { closeRecording, findRecording, openRecording } from './repository.ts';
import { sealRecording } from './sealing.ts';
import { insideStorage } from './storage.ts';

interface TestStore {
  db: Db;
  clock: Clock;
  dataDir: string;
}

/** A recording whose files (of random bytes) are made and lie open. `sizes`: file name → bytes; `after`: what follows, as when it is to be sealed. */
export async function addFinishedRecording(
  { db, clock, dataDir }: TestStore,
  { callId, prisonId, sizes, after }: { callId: CallId; prisonId: string; sizes: Record<string, number>; after?: AfterFiles },
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
  await finishRecording(db, callId, { generation, files, gaps, error: null, at }, after);
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

/** Seals a finished recording at once, into the data folder's own store. */
export async function sealNow({ db, clock, dataDir, crypto }: TestStore & { crypto: CryptoProvider }, callId: CallId): Promise<void> {
  const hot = new DiskStore(join(dataDir, 'sealed'));
  const folder = insideStorage(dataDir, (await findRecording(db, callId))?.folder ?? '');
  const work = { hot, folder, software: 'qinqiao test', sealFiles: sealFiles.bind(null, hot) };
  await sealRecording({ db, crypto, clock, ...work }, callId);
}
