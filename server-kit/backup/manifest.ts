import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FileEntry = z.object({ file: z.string().regex(/^[\w./-]+$/), bytes: z.number().int(), sm3: z.string() });

/** What a backup holds: each file with its SM3, and the steps the store had been through. */
export const BackupManifest = z.object({
  kind: z.literal('qinqiao-backup'),
  format: z.literal(1),
  at: z.string(),
  /** Names of the migrations the store had seen. */
  migrations: z.array(z.string()),
  tables: z.array(FileEntry.extend({ table: z.string().regex(/^\w+$/), rows: z.number().int() })),
  /** Beside the tables: the key ring. */
  files: z.array(FileEntry),
});
export type BackupManifest = z.infer<typeof BackupManifest>;

/** A backup that cannot be taken or put back; its message says why, in both languages. */
export class BackupError extends Error {}

export const MANIFEST = 'manifest.json';

export async function sm3OfFile(path: string): Promise<string> {
  const hash = createHash('sm3');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Reads a backup's manifest and checks that every file is there as it was written. Throws `BackupError` naming the first that is not. */
export async function readBackup(folder: string): Promise<BackupManifest> {
  const parsed = BackupManifest.safeParse(readJson(join(folder, MANIFEST)));
  if (!parsed.success) throw new BackupError(`${folder}: 不是备份 is no backup (${MANIFEST})`, { cause: parsed.error });
  for (const { file, sm3 } of [...parsed.data.tables, ...parsed.data.files]) {
    const found = await sm3OfFile(join(folder, file)).catch(() => null);
    if (found !== sm3) throw new BackupError(`${file}: ${found ? '内容已改变 was changed' : '缺失 is missing'}`);
  }
  return parsed.data;
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
