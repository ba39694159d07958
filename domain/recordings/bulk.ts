import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { QinqiaoError } from '@qinqiao/contracts';
import { type ObjectStore, sealChunks } from '@qinqiao/server-kit';
import { BlockChain, type BlockHashes, firstDifference, sameHashes } from './blocks.ts';
import { readSealed } from './sealed-file.ts';

// What reads and writes whole recordings: run in a thread of its own (recorder/seal), or where nothing else waits.

export interface Progress {
  signal?: AbortSignal;
  /** Bytes that were read since it was last called. */
  onBytes?: (bytes: number) => void;
}

export interface PlainFile {
  name: string;
  bytes: number;
  sha256: string;
  /** Where the sealed file goes. */
  key: string;
  fileKey: Uint8Array;
}

export interface SealedHashes {
  name: string;
  plain: BlockHashes;
  stored: BlockHashes;
}

const damaged = (detail: string) => new QinqiaoError('data_damaged', { detail });

/**
 * Encrypts files of a folder into a store, and reads back and opens each. Doing it again makes the same bytes. Throws `data_damaged` when a file
 * is not what was finished, or does not come back as it went.
 */
export async function sealFiles(
  store: ObjectStore,
  folder: string,
  files: readonly PlainFile[],
  progress: Progress = {},
): Promise<SealedHashes[]> {
  const sealed: SealedHashes[] = [];
  for (const file of files) {
    const source = createReadStream(join(folder, file.name), { highWaterMark: 1024 * 1024 });
    sealed.push(await sealContent(store, file, source, progress));
  }
  return sealed;
}

/** One content into the store, and read back. */
export async function sealContent(
  store: ObjectStore,
  file: PlainFile,
  content: AsyncIterable<Uint8Array>,
  progress: Progress = {},
): Promise<SealedHashes> {
  const plain = new BlockChain();
  const digest = createHash('sha256');
  const stored = new BlockChain();
  const sealing = through(sealChunks(file.fileKey, through(content, [plain, digest], progress)), [stored]);
  await store.put(
    file.key,
    checkedAtEnd(sealing, () => assertFinished(file, digest.digest('hex'))),
  );
  const hashes = { name: file.name, plain: plain.finish(), stored: stored.finish() };
  await readBack(store, file, hashes, progress);
  return hashes;
}

/** Thrown while it is being put, so that nothing stays of a file that was not what it should be. */
function assertFinished({ name, sha256 }: PlainFile, found: string): void {
  if (found !== sha256) throw damaged(`${name} is not what was finished: it was changed on the disk`);
}

async function readBack(store: ObjectStore, file: PlainFile, hashes: SealedHashes, progress: Progress): Promise<void> {
  const stored = new BlockChain();
  const digest = createHash('sha256');
  const observed: Pick<ObjectStore, 'read'> = { read: (key, range) => through(store.read(key, range), [stored], progress) };
  for await (const piece of readSealed({ ...file, store: observed })) digest.update(piece);
  if (digest.digest('hex') !== file.sha256 || !sameHashes(stored.finish(), hashes.stored)) {
    throw damaged(`${file.name} did not come back from the store as it was written`);
  }
}

async function* through<Piece extends Uint8Array>(
  source: AsyncIterable<Piece>,
  sinks: readonly { update(piece: Uint8Array): unknown }[],
  { signal, onBytes }: Progress = {},
): AsyncGenerator<Piece> {
  for await (const piece of source) {
    signal?.throwIfAborted();
    for (const sink of sinks) sink.update(piece);
    onBytes?.(piece.length);
    yield piece;
  }
}

async function* checkedAtEnd(source: AsyncIterable<Buffer>, check: () => void): AsyncGenerator<Buffer> {
  yield* source;
  check();
}

export interface StoredFile {
  name: string;
  key: string;
  hashes: BlockHashes;
}

/** What is wrong with a stored file. Blocks count from 0, in bytes of the stored (sealed) content. */
export type FileFault =
  | { file: string; fault: 'missing' }
  | { file: string; fault: 'truncated'; block: number; bytes: number; sealedBytes: number }
  | { file: string; fault: 'altered'; block: number }
  /** Another file of the recording lies in its place. */
  | { file: string; fault: 'swapped'; with: string };

/** Compares stored files with what was sealed, without opening them. Every fault names the first block that is not as it was. */
export async function checkStored(store: ObjectStore, files: readonly StoredFile[], progress: Progress = {}): Promise<FileFault[]> {
  const faults: FileFault[] = [];
  for (const file of files) {
    const fault = await checkOne(store, file, files, progress);
    if (fault) faults.push(fault);
  }
  return faults;
}

async function checkOne(
  store: ObjectStore,
  { name, key, hashes }: StoredFile,
  all: readonly StoredFile[],
  progress: Progress,
): Promise<FileFault | undefined> {
  const found = await hashStored(store, key, progress);
  if (!found) return { file: name, fault: 'missing' };
  const block = firstDifference(found, hashes);
  if (block === null) return undefined;
  const other = all.find((each) => each.name !== name && sameHashes(each.hashes, found));
  if (other) return { file: name, fault: 'swapped', with: other.name };
  const isPrefix = found.bytes < hashes.bytes && block >= found.blocks.length - 1;
  if (isPrefix) return { file: name, fault: 'truncated', block, bytes: found.bytes, sealedBytes: hashes.bytes };
  return { file: name, fault: 'altered', block };
}

async function hashStored(store: ObjectStore, key: string, progress: Progress): Promise<BlockHashes | undefined> {
  if (!(await store.stat(key))) return undefined;
  const chain = new BlockChain();
  for await (const _ of through(store.read(key), [chain], progress));
  return chain.finish();
}

/** Copies stored files to the same keys of another store and reads them back there. Throws `data_damaged` when one is not as it was sealed. */
export async function copyStored(from: ObjectStore, to: ObjectStore, files: readonly StoredFile[], progress: Progress = {}): Promise<void> {
  for (const { name, key, hashes } of files) {
    const read = new BlockChain();
    const check = () => {
      if (!sameHashes(read.finish(), hashes)) throw damaged(`${name} is not as it was sealed`);
    };
    await to.put(key, checkedAtEnd(through(from.read(key), [read], progress) as AsyncIterable<Buffer>, check));
    const back = await hashStored(to, key, progress);
    if (!back || !sameHashes(back, hashes)) throw damaged(`${name} did not come back from the store as it was written`);
  }
}
