import { type CallId, Peaks, QinqiaoError, silences, type Stretch } from '@qinqiao/contracts';
import { findConversation } from '@qinqiao/domain/conversations';
import { openRecordingFile, type RecordingTables } from '@qinqiao/domain/recordings';
import type { Db } from '@qinqiao/server-kit';
import type { ServerDeps } from './context.ts';

/** Of the conversations that are being listened to; each is a few hundred numbers. */
const KEPT = 200;
const kept = new Map<string, Stretch[]>();

/** Where in a conversation nobody speaks, from the waveforms of its recording; nothing when it has none. Throws `not_found`, also outside the data scope. */
export async function silencesOf(deps: ServerDeps, db: Db, id: string): Promise<Stretch[]> {
  const conversation = await findConversation(db, id);
  if (!conversation) throw new QinqiaoError('not_found');
  const known = kept.get(id);
  if (known) return known;
  const playable = { fromMs: conversation.from_ms, toMs: conversation.from_ms + conversation.duration_ms };
  const peaks = await readPeaks(deps, id).catch((error: unknown) => {
    // A waveform that cannot be read must not keep what was played from being counted: then nothing counts as skipped.
    deps.log.warn({ err: error, conversation: id }, 'waveforms of a conversation cannot be read');
    return null;
  });
  if (!peaks) return [];
  const found = silences(peaks, playable);
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value ?? '');
  kept.set(id, found);
  return found;
}

async function readPeaks(deps: ServerDeps, id: string): Promise<Peaks[]> {
  const rows = await deps.db
    .withTables<RecordingTables>()
    .selectFrom('recording_files')
    .select('name')
    .where('call_id', '=', id)
    .where('kind', '=', 'peaks')
    .execute();
  return Promise.all(rows.map(({ name }) => readOne(deps, id as CallId, name)));
}

async function readOne({ db, crypto, config, stores }: ServerDeps, id: CallId, name: string): Promise<Peaks> {
  if (!stores) throw new QinqiaoError('not_found');
  const file = await openRecordingFile({ db, crypto, dataDir: config.dataDir, stores }, id, name);
  const parts: Buffer[] = [];
  for await (const part of file.read(0, file.bytes)) parts.push(part);
  return Peaks.parse(JSON.parse(Buffer.concat(parts).toString()));
}
