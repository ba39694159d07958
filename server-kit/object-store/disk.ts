import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { QinqiaoError } from '@qinqiao/contracts';
import { assertKey, type ByteRange, type ObjectStore, type StoreSpace } from './store.ts';

const PART = /\.[0-9a-f]{12}\.part$/;
const READ_AHEAD_BYTES = 1024 * 1024;

/** Objects as files below a folder. Readable by the service's user only. */
export class DiskStore implements ObjectStore {
  readonly place: string;
  readonly #root: string;

  constructor(folder: string) {
    this.#root = resolve(folder);
    this.place = this.#root;
  }

  async put(key: string, content: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    const path = this.#path(key);
    const part = `${path}.${randomBytes(6).toString('hex')}.part`;
    try {
      await this.#makeFolders(dirname(path));
      const bytes = await writeSynced(part, content);
      await rename(part, path);
      await syncFolder(dirname(path));
      return { bytes };
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined);
      throw asStorageError(error);
    }
  }

  async *read(key: string, range?: ByteRange): AsyncGenerator<Buffer> {
    const path = this.#path(key);
    if (range && range.to <= range.from) return;
    const span = range ? { start: range.from, end: range.to - 1 } : {};
    const stream = createReadStream(path, { ...span, highWaterMark: READ_AHEAD_BYTES });
    try {
      for await (const piece of stream) yield piece as Buffer;
    } catch (error) {
      throw asStorageError(error);
    } finally {
      stream.destroy();
    }
  }

  async stat(key: string): Promise<{ bytes: number } | undefined> {
    try {
      const found = await stat(this.#path(key));
      return found.isFile() ? { bytes: found.size } : undefined;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw asStorageError(error);
    }
  }

  async remove(key: string): Promise<void> {
    const path = this.#path(key);
    await rm(path, { force: true }).catch((error: unknown) => {
      throw asStorageError(error);
    });
    await this.#removeEmpty(dirname(path));
  }

  /** Parts that a crash left behind are no objects; those older than a day go. */
  async *list(prefix: string): AsyncGenerator<{ key: string; bytes: number }> {
    const folder = prefix.includes('/') ? join(this.#root, prefix.slice(0, prefix.lastIndexOf('/'))) : this.#root;
    const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw asStorageError(error);
    });
    const paths = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    for (const path of paths.toSorted()) {
      if (PART.test(path)) {
        await removeOldPart(path);
        continue;
      }
      const key = relative(this.#root, path).split(sep).join('/');
      const found = key.startsWith(prefix) ? await stat(path).catch(() => undefined) : undefined;
      if (found) yield { key, bytes: found.size };
    }
  }

  async space(): Promise<StoreSpace> {
    try {
      await mkdir(this.#root, { recursive: true, mode: 0o700 });
      const { bavail, blocks, bsize } = await statfs(this.#root);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    } catch (error) {
      throw asStorageError(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  /** A folder's name is on the disk when the folder above it is: each new one is synced. */
  async #makeFolders(folder: string): Promise<void> {
    const first = await mkdir(folder, { recursive: true, mode: 0o700 });
    if (first === undefined) return;
    for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
  }

  async #removeEmpty(folder: string): Promise<void> {
    for (let at = folder; at.startsWith(this.#root + sep); at = dirname(at)) {
      const gone = await rmdir(at).then(
        () => true,
        () => false,
      );
      if (!gone) return;
    }
  }

  #path(key: string): string {
    assertKey(key);
    return join(this.#root, key);
  }
}

async function writeSynced(path: string, content: AsyncIterable<Uint8Array>): Promise<number> {
  const file = await open(path, 'wx', 0o600);
  try {
    let bytes = 0;
    for await (const piece of content) {
      for (let written = 0; written < piece.length; ) written += (await file.write(piece, written)).bytesWritten;
      bytes += piece.length;
    }
    await file.sync();
    return bytes;
  } finally {
    await file.close();
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeOldPart(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found && Date.now() - found.mtimeMs > 86_400_000) await rm(path, { force: true }).catch(() => undefined);
}

const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');

/** Only what the system says of the disk: what the content's source throws stays what it is. */
function asStorageError(error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (isMissing(error) && syscall === 'open') return new QinqiaoError('not_found', { cause: error });
  return syscall === undefined ? error : new QinqiaoError('storage_unavailable', { detail: code ?? 'disk', cause: error });
}
