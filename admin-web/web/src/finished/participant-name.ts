import { type Translate } from '../i18n/index.ts';

/** A recording names its participants `inmate`, `family` and `officer-…`. */
export function participantName(t: Translate, participant: string): string {
  if (participant === 'inmate' || participant === 'family') return t(`role.${participant}`);
  return participant.startsWith('officer') ? t('role.officer') : participant;
}
