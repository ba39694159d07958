import { EXTERNAL_CHANNELS, type Instant, type NoticeChannelName, type NoticeEvent, type NoticeParams } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, encryptField, isDuplicateKey, newId, toInstant } from '@qinqiao/server-kit';
import type { NoticeTables } from './migrations.ts';
import { languageOf } from './settings.ts';
import { readTemplate } from './templates.ts';

const tables = (db: Db) => db.withTables<NoticeTables>();

/** Something a family member is to be told. */
export interface Telling {
  event: NoticeEvent;
  /** Told again with the same key, nothing more comes of it. At most 110 characters. */
  key: string;
  familyId: string;
  prisonId: string | null;
  inmateId: string | null;
  appointmentId: string | null;
  params: NoticeParams;
  /** Does not wait for the end of quiet hours. */
  urgent: boolean;
  usefulUntil: Instant | null;
}

export const paramsPlace = (id: string) => ({ field: 'notices.params', owner: id });

/** Leaves a notice for each channel that the event's template uses. Answers how many are new. */
export async function tell({ db, crypto }: { db: Db; crypto: CryptoProvider }, telling: Telling, now: Date): Promise<number> {
  const template = await readTemplate(db, telling.event);
  const language = await languageOf(db, telling.familyId);
  const channels: NoticeChannelName[] = [
    ...(template.inApp ? (['in_app'] as const) : []),
    ...EXTERNAL_CHANNELS.filter((channel) => template[channel].enabled),
  ];
  let added = 0;
  for (const channel of channels) {
    const id = newId();
    const params = await encryptField(crypto, paramsPlace(id), JSON.stringify(telling.params));
    if (await insertNotice(db, rowOf(telling, { id, channel, language, params, at: toInstant(now) }))) added++;
  }
  return added;
}

function rowOf(
  { event, key, familyId, prisonId, inmateId, appointmentId, urgent, usefulUntil }: Telling,
  { at, ...made }: Pick<NoticeTables['notices'], 'id' | 'channel' | 'language' | 'params'> & { at: Instant },
): NoticeTables['notices'] {
  const about = { family_id: familyId, prison_id: prisonId, inmate_id: inmateId, appointment_id: appointmentId, event };
  const times = { run_after: at, useful_until: usefulUntil, created_at: at, sent_at: null };
  const untried = { state: 'waiting', attempts: 0, problem: null, said: null, provider: null, provider_id: null } as const;
  return { ...made, ...about, ...times, ...untried, dedupe_key: `${key}:${made.channel}`, urgent: urgent ? 1 : 0 };
}

async function insertNotice(db: Db, row: NoticeTables['notices']): Promise<boolean> {
  const known = tables(db).selectFrom('notices').select('id').where('dedupe_key', '=', row.dedupe_key);
  if (await known.executeTakeFirst()) return false;
  try {
    await tables(db).insertInto('notices').values(row).execute();
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
