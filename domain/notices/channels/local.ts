import type { ExternalChannelName } from '@qinqiao/contracts';
import type { NoticeChannel } from '../port.ts';

/** Where an installation has no provider: the notice stays in the console's list, and nothing leaves the house. */
export const localNotices = (name: ExternalChannelName): NoticeChannel => ({
  name,
  provider: 'local',
  send: () => Promise.resolve({ outcome: 'delivered', providerId: null }),
});
