import { readFile } from 'node:fs/promises';
import type { CallId } from '@qinqiao/contracts';
import { type Clock, type CryptoProvider, type Db, type ObjectStore, SYSTEM_ACTOR, toInstant, writeAudit } from '@qinqiao/server-kit';
import { createHash } from 'node:crypto';
import { sendLater } from '../outbox/index.ts';
import { BLOCK_BYTES } from './blocks.ts';
import { type PlainFile, type Progress, sealContent, type SealedHashes } from './bulk.ts';
import { type EvidenceManifest, manifestName, manifestText, sm3Of } from './evidence-manifest.ts';
import { type ConversationFacts, factsOfCall } from './facts.ts';
import type { FinishedFile } from './files.ts';
import { fileKey, makeRecordingKey } from './keys.ts';
import { findRecording, type Recording } from './repository.ts';
import { sealedKey } from './sealed-file.ts';
import { completeSealing, listFinishedFiles } from './seals.ts';

export interface SealDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  /** Where its files lie open, absolute. */
  folder: string;
  software: string;
  /** Where the manifest goes: the store of the files. */
  hot: ObjectStore;
  /** Encrypts the files into that store: in a thread of its own, or here. */
  sealFiles(folder: string, files: PlainFile[], progress: Progress): Promise<SealedHashes[]>;
  /** Called at each step; tests break off there. */
  at?: (step: SealStep) => Promise<void> | void;
}
export type SealStep = 'key' | 'files' | 'manifest' | 'stored';

/**
 * Encrypts a finished recording into the store, signs its manifest and notes it in the audit trail. The files in the call's folder stay: they go
 * when this has been stored. May be run again whenever it broke off. Answers whether the recording is sealed (now or before).
 */
export async function sealRecording(deps: SealDeps, callId: CallId, progress: Progress = {}): Promise<boolean> {
  const { db, crypto, clock, folder, at = () => undefined } = deps;
  const recording = await findRecording(db, callId);
  if (!recording) return false;
  const files = await listFinishedFiles(db, callId);
  const dataKey = await makeRecordingKey(db, crypto, callId, toInstant(clock.now()));
  await at('key');
  const plain = files.map(({ name, bytes, sha256, sm3 }) => ({
    name,
    bytes,
    sha256,
    key: sealedKey(recording.folder, name),
    fileKey: fileKey(dataKey, name, sm3),
  }));
  const hashes = await deps.sealFiles(folder, plain, progress);
  await at('files');
  const facts = await factsOfCall(db, callId, recording.prisonId);
  const manifest = toManifest(deps, { recording, files, hashes, facts, recorder: await recordersManifest(folder) });
  const text = manifestText(manifest);
  const manifestSm3 = sm3Of(text);
  const sealedManifest = await sealManifest(deps.hot, { dataKey, folder: recording.folder, text, manifestSm3 });
  await at('manifest');
  const signature = await crypto.sign(text);
  const storedBytes = [...hashes, sealedManifest].reduce((sum, each) => sum + each.stored.bytes, 0);
  const sealed = { store: 'hot' as const, at: manifest.sealedAt, storedBytes, manifestSm3, signature, level: facts.level };
  progress.signal?.throwIfAborted();
  const done = await completeSealing(db, callId, sealed, async (trx) => {
    const subject = { kind: 'call', id: callId };
    const detail = { manifestSm3, files: files.length, bytes: storedBytes };
    await writeAudit(trx, { at: manifest.sealedAt, actor: SYSTEM_ACTOR, action: 'recording.seal', subject, detail });
    await sendLater(trx, { topic: 'recording.ready', key: `recording.ready:${callId}`, payload: { callId } }, manifest.sealedAt);
  });
  await at('stored');
  return done || (await findRecording(db, callId))?.state === 'ready';
}

function sealManifest(
  hot: ObjectStore,
  { dataKey, folder, text, manifestSm3 }: { dataKey: Buffer; folder: string; text: Buffer; manifestSm3: string },
): Promise<SealedHashes> {
  const name = manifestName(manifestSm3);
  const sha256 = createHash('sha256').update(text).digest('hex');
  const file = { name, bytes: text.length, sha256, key: sealedKey(folder, name), fileKey: fileKey(dataKey, name, manifestSm3) };
  return sealContent(hot, file, once(text));
}

async function* once(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

/** What the recorder itself noted beside its files: takes and tracks. */
async function recordersManifest(folder: string): Promise<Record<string, unknown> | null> {
  const text = await readFile(`${folder}/manifest.json`, 'utf8').catch(() => null);
  if (text === null) return null;
  const { takes, tracks, software, finishedAt } = JSON.parse(text) as Record<string, unknown>;
  return { software, finishedAt, takes, tracks };
}

function toManifest(
  { software, clock }: SealDeps,
  made: {
    recording: Recording;
    files: FinishedFile[];
    hashes: SealedHashes[];
    facts: ConversationFacts;
    recorder: Record<string, unknown> | null;
  },
): EvidenceManifest {
  const { callId, epoch, gaps } = made.recording;
  const { level: _, ...facts } = made.facts;
  const byName = new Map(made.hashes.map((each) => [each.name, each]));
  return {
    format: 'qinqiao-recording-2',
    software,
    callId,
    epoch,
    ...facts,
    sealedAt: toInstant(clock.now()),
    gaps,
    recorder: made.recorder,
    hashes: { algorithm: 'SM3', blockBytes: BLOCK_BYTES, chained: true },
    files: made.files.map((file) => {
      const { bytes: _bytes, ...rest } = file;
      const hashes = byName.get(file.name);
      if (!hashes) throw new Error(`${file.name} was not sealed`);
      return { ...rest, plain: hashes.plain, stored: hashes.stored };
    }),
  };
}
