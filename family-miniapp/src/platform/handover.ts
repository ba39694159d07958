import { goBack } from '../state/session';

/** Codes are taken by the H5 only. */
export const takeHandover = (_code: string, _language: string | undefined): Promise<void> =>
  Promise.reject(new Error('not in the mini-program'));

export const leaveCallPage = goBack;
