import { language } from '../i18n';
import { api, session } from './session';

/** Which language this person was last said to read, in this run of the app. */
let told = '';

/** Notices that leave the app (SMS, WeChat, calls) speak the app's language: said after log-in, and when it is switched. */
export async function tellLanguage(): Promise<void> {
  const now = `${session.token ?? ''} ${language()}`;
  if (session.token === null || told === now) return;
  told = now;
  try {
    await api.setMyNoticeSettings({ body: { language: language() } });
  } catch {
    told = '';
  }
}
