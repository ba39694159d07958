import type { recorderRequests } from '@qinqiao/contracts';
import { recordingMigrations } from '@qinqiao/domain/recordings';
import { createLogger, kitMigrations, migrate, openDatabase, openSoftwareCrypto, systemClock } from '@qinqiao/server-kit';
import { Recorder } from '../service.ts';
import { TEST_SECRET } from './virtual-call.ts';

/*
 * A recorder in a process of its own, without signaling: its parent asks over the process's channel. Started by tests that kill it.
 */
type Name = keyof typeof recorderRequests | 'recording:senderReport';
export interface ProcessRequest {
  id: number;
  name: Name;
  input: unknown;
}
export type ProcessAnswer = { id: number; data: unknown } | { id: number; error: string };

const dataDir = process.argv[2];
if (!dataDir || !process.send) throw new Error('Started by a parent, with the data folder, and perhaps the path of ffmpeg, as arguments');
const db = openDatabase({ dataDir });
await migrate(db, { ...kitMigrations, ...recordingMigrations });
const recording = {
  lost: 'end',
  waitMs: 0,
  minFreeBytes: 0,
  keepJournals: false,
  ffmpegPath: process.argv[3] ?? null,
  workDir: null,
} as const;
const config = { dataDir, tapIp: '127.0.0.1', recording };
const crypto = openSoftwareCrypto({ dataDir, secret: TEST_SECRET });
const world = { endOfCall: () => Promise.resolve(null) };
const recorder = await Recorder.start(
  { config, db, crypto, clock: systemClock, log: createLogger('recorder', 'warn'), world },
  () => undefined,
);

const handlers = recorder.handlers as Record<string, (input: unknown) => Promise<unknown>>;
process.on('message', ({ id, name, input }: ProcessRequest) => {
  if (name === 'recording:senderReport') return recorder.pushes[name]?.(input as never);
  void handlers[name]?.(input).then(
    (data) => process.send?.({ id, data }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.send({ id: 0, data: 'ready' });
