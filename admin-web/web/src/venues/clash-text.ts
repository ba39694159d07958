import type { BoardItem } from '@qinqiao/contracts';
import { clockOf } from '../components/format.ts';
import type { Translate } from '../i18n/index.ts';
import type { Clash } from './timeline.ts';

export const timesOf = ({ startsAt, endsAt }: Pick<BoardItem, 'startsAt' | 'endsAt'>): string => `${clockOf(startsAt)}–${clockOf(endsAt)}`;
export const nameOf = (item: BoardItem, t: Translate): string => item.people?.inmateName ?? t('venues.hidden');

/** What stands against a room, in words. */
export function clashText(clash: Clash, t: Translate): string {
  if (clash.kind === 'outOfService') return t('venues.clash.outOfService', { reason: clash.reason });
  if (clash.kind === 'notFor') return t('venues.clash.notFor', { kind: t(`venues.kinds.${clash.use}`) });
  if (clash.kind === 'noTablet') return t('venues.clash.noTablet');
  return t(`venues.clash.${clash.kind}`, { who: nameOf(clash.by, t), time: timesOf(clash.by) });
}
