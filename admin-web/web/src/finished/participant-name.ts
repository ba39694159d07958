import { type Translate } from '../i18n/index.ts';

/** A recording names its participants `inmate`, `family`, `companion`, `companion-2` … and `officer-…`. */
export function participantName(t: Translate, participant: string): string {
  if (participant === 'inmate' || participant === 'family') return t(`role.${participant}`);
  if (participant === 'mixed') return t('audioIntake.channelShort.mixed');
  const companion = /^companion(?:-(\d+))?$/.exec(participant);
  if (companion) return [t('role.companion'), companion[1]].filter(Boolean).join(' ');
  return participant.startsWith('officer') ? t('role.officer') : participant;
}
