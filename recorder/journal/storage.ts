import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file being written from its beginning to its end. */
export interface AppendFile {
  /** Writes at a position; may write only a part. Answers the bytes written. */
  write(data: Buffer, position: number): Promise<number>;
  /** Returns when everything written lies on the disk itself. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Where journals are written, to be read by nobody else. Tests put a failing disk here. */
export interface JournalStorage {
  /** Makes a new folder and those above it. Throws `EEXIST` when it is there already. */
  makeFolder(path: string): Promise<void>;
  /** Makes a new file. Throws when it is there already. */
  create(path: string): Promise<AppendFile>;
}

export const diskStorage: JournalStorage = {
  makeFolder: async (path) => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await mkdir(path, { mode: 0o700 });
  },
  create: async (path) => {
    const handle = await open(path, 'wx', 0o600);
    return {
      write: async (data, position) => (await handle.write(data, 0, data.length, position)).bytesWritten,
      sync: () => handle.datasync(),
      close: () => handle.close(),
    };
  },
};
