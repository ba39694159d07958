/** Browsers have their own. */
export const fetchIt: typeof fetch | undefined = undefined;
export const SERVER = '';
