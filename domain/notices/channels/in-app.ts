import type { Clock, Db } from '@qinqiao/server-kit';
import { toInstant } from '@qinqiao/server-kit';
import { addMessage } from '../../messages/index.ts';
import type { NoticeChannel } from '../port.ts';

/** Among the messages of the family app. What is there already is not added again. */
export const inAppNotices = (db: Db, clock: Clock): NoticeChannel => ({
  name: 'in_app',
  provider: 'in_app',
  send: async ({ to, kind, title, text, page, key }) => {
    await db.transaction().execute((trx) => addMessage(trx, { to, kind, title, text, link: page, key, at: toInstant(clock.now()) }));
    return { outcome: 'delivered', providerId: null };
  },
});
