/** WeChat's subscribe messages exist in the mini-program only. */
export const NoticeConsent = (): null => null;
