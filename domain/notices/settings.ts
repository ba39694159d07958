import { type NoticeLanguage, type NoticeSettings } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, decryptField, encryptField, isDuplicateKey, toInstant } from '@qinqiao/server-kit';
import { wechatIdentityOf } from '../registrations/index.ts';
import { codeOf } from './channels/template.ts';
import type { NoticeTables } from './migrations.ts';
import { listTemplates } from './templates.ts';

const tables = (db: Db) => db.withTables<NoticeTables>();
const placeOf = (owner: string) => ({ field: 'notice_settings.openid', owner });

const find = (db: Db, familyId: string) =>
  tables(db).selectFrom('notice_settings').selectAll().where('family_id', '=', familyId).executeTakeFirst();

export async function languageOf(db: Db, familyId: string): Promise<NoticeLanguage> {
  return (await find(db, familyId))?.language ?? 'zh';
}

/** Where WeChat messages reach a person: as the app said last, or as WeChat proved the real name at registration. Null: nowhere. */
export async function openIdOf(db: Db, crypto: CryptoProvider, familyId: string): Promise<string | null> {
  const stored = (await find(db, familyId))?.openid ?? null;
  return stored === null ? wechatIdentityOf(db, familyId) : decryptField(crypto, placeOf(familyId), stored);
}

/** How a family member wants to be told. `wechat`: whether this installation sends WeChat messages. */
export async function noticeSettings(db: Db, crypto: CryptoProvider, familyId: string, wechat: boolean): Promise<NoticeSettings> {
  const language = await languageOf(db, familyId);
  const reachable = (await openIdOf(db, crypto, familyId)) !== null;
  return { language, wechat: reachable, wechatTemplates: wechat ? await wechatCodes(db, language) : [] };
}

async function wechatCodes(db: Db, language: NoticeLanguage): Promise<string[]> {
  const templates = (await listTemplates(db)).filter(({ content }) => content.wechat.enabled);
  return [...new Set(templates.map(({ content }) => codeOf(content.wechat, language)))].filter((code) => code !== '');
}

/** Sets the language and, when given, where WeChat messages go.  */
export async function setNoticeSettings(
  db: Db,
  crypto: CryptoProvider,
  familyId: string,
  { language, openid, now }: { language: NoticeLanguage; openid: string | null; now: Date },
): Promise<void> {
  const sealed = openid === null ? {} : { openid: await encryptField(crypto, placeOf(familyId), openid) };
  const columns = { language, ...sealed, updated_at: toInstant(now) };
  const update = () => tables(db).updateTable('notice_settings').set(columns).where('family_id', '=', familyId).executeTakeFirst();
  if ((await update()).numUpdatedRows > 0n) return;
  try {
    await tables(db)
      .insertInto('notice_settings')
      .values({ openid: null, ...columns, family_id: familyId })
      .execute();
  } catch (error) {
    // Set at the same moment from another device, or unchanged.
    if (!isDuplicateKey(error)) throw error;
    await update();
  }
}
