import { createApi } from '@qinqiao/client-sdk';
import { changeLanguage } from '../i18n/index.ts';
import { watchedFetch } from '../network/line.ts';
import { tablet } from './session.ts';

export const api = createApi({ getToken: tablet.token, onUnauthorised: tablet.logOut, fetch: watchedFetch });

/** The tablet forgets who was here even when the server cannot be told; there the session expires by itself. */
export async function logOut(): Promise<void> {
  const told = api.logout().catch(() => {});
  tablet.logOut();
  await changeLanguage('zh');
  await told;
}
