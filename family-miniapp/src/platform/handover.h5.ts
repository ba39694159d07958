import { setLanguage } from '../i18n';
import { api, goTo, session } from '../state/session';

interface MiniProgram {
  miniProgram?: { navigateBack: () => void };
}
declare const wx: MiniProgram | undefined;
let inWebView = false;

/** Exchanges a code for one use for a session, and takes it out of the address at once. */
export async function takeHandover(code: string, language: string | undefined): Promise<void> {
  inWebView = true;
  window.history.replaceState(null, '', window.location.href.replace(/([?&])handover=[^&]*&?/, '$1'));
  if (language === 'zh' || language === 'en') setLanguage(language);
  session.open((await api.takeHandover({ body: { code } })).token);
  // The log-in lasts as long as the page: the web view's storage must not keep it.
  window.addEventListener('pagehide', () => session.close(), { once: true });
}

/** Back to where the call was opened: the mini-program around the web view, or home. */
export function leaveCallPage(): void {
  if (inWebView && typeof wx !== 'undefined' && wx?.miniProgram) wx.miniProgram.navigateBack();
  else goTo('home');
}
