import Taro from '@tarojs/taro';
import { api } from '../state/session';

interface FacialVerify {
  requestFacialVerify?: (options: { verifyId: string; success: () => void; fail: (reason: { errMsg: string }) => void }) => void;
}
declare const wx: FacialVerify;

/** What the provider of identities wants before a registration: WeChat looks at the face; the server asks it for the result. */
export async function proveIdentity(claim: { name: string; idNumber: string }): Promise<string | null> {
  const { code } = await Taro.login();
  const { verifyId, credential } = await api.startIdentity({ body: { ...claim, code } });
  if (verifyId !== null) {
    // Whether it worked is the server's to find out: what is said here could be made up.
    await new Promise<void>((resolve) => {
      if (!wx.requestFacialVerify) return resolve();
      wx.requestFacialVerify({ verifyId, success: () => resolve(), fail: () => resolve() });
    });
  }
  return credential;
}
