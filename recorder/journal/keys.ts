import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CallId, QinqiaoError } from '@qinqiao/contracts';
import type { CryptoProvider } from '@qinqiao/server-kit';
import { JOURNAL_FOLDER, listTakes } from './folders.ts';
import type { JournalStorage } from './storage.ts';

/** Beside a take's journals: their data key, wrapped by the installation's key. */
export const KEY_FILE = 'key';
const KEY_BYTES = 32;

/** The data keys of a call's takes by the takes' names; a take that has none was written in the clear, or its key cannot be read. */
export type TakeKeys = Record<string, Uint8Array>;

const contextOf = (callId: CallId, take: string) => `journal ${callId} ${take}`;

/** Draws a take's data key and stores it, wrapped, so that it outlasts a loss of power. Throws the disk's error, or the provider's. */
export async function makeTakeKey(
  crypto: Pick<CryptoProvider, 'wrapKey'>,
  storage: JournalStorage,
  { callId, take, folder }: { callId: CallId; take: string; folder: string },
): Promise<Buffer> {
  const dataKey = randomBytes(KEY_BYTES);
  const wrapped = Buffer.from(await crypto.wrapKey(contextOf(callId, take), dataKey));
  const file = await storage.create(join(folder, KEY_FILE));
  try {
    for (let at = 0; at < wrapped.length; ) at += await file.write(wrapped.subarray(at), at);
    await file.sync();
  } finally {
    await file.close();
  }
  return dataKey;
}

/** Opens the data keys of all takes of a call. Leaves out those that were changed or cut off; throws `key_unavailable` when the installation's key is not there. */
export async function openTakeKeys(crypto: Pick<CryptoProvider, 'unwrapKey'>, callId: CallId, callFolder: string): Promise<TakeKeys> {
  const keys: TakeKeys = {};
  for (const take of await listTakes(callFolder)) {
    const wrapped = await readFile(join(callFolder, JOURNAL_FOLDER, take, KEY_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    const key = wrapped === null ? null : await crypto.unwrapKey(contextOf(callId, take), wrapped).catch(unlessDamaged);
    if (key) keys[take] = key;
  }
  return keys;
}

function unlessDamaged(error: unknown): null {
  if (error instanceof QinqiaoError && error.code === 'data_damaged') return null;
  throw error;
}
