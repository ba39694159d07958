import type { AppointmentView } from '@qinqiao/contracts';
import { Text } from '@tarojs/components';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { language } from '../i18n';
import { dayAndTime } from '../state/times';
import { Card, Row, Tag, type Tone } from './parts';

export const TONES: Record<AppointmentView['state'], Tone> = {
  pending: 'wait',
  approved: 'good',
  underway: 'good',
  completed: 'plain',
  refused: 'bad',
  cancelled: 'plain',
  expired: 'bad',
  stopped: 'bad',
  missed: 'bad',
  broken: 'bad',
};

/** One appointment: when, with whom, how it stands and why. */
export function AppointmentCard({
  appointment,
  onOpen,
  children,
}: {
  appointment: AppointmentView;
  onOpen?: () => void;
  children?: ReactNode;
}) {
  const { t, i18n } = useTranslation();
  const { kind, state, startsAt, endsAt, inmateName, inmateNumber, prisonName, companions, reason, roomName } = appointment;
  return (
    <Card testId="appointment" {...(onOpen ? { onOpen } : {})}>
      <Text className="card-time">{dayAndTime(startsAt, endsAt, i18n.language)}</Text>
      <Text className="card-who">
        {t(`svc.kinds.${kind}`)} · {inmateName}
      </Text>
      <Tag tone={TONES[state]} text={t(`svc.appointments.states.${state}`)} />
      <Row label={t('svc.inmates.number')} value={inmateNumber} />
      <Row label={t('svc.prison')} value={prisonName} />
      <Row label={t('svc.appointments.room')} value={kind === 'visit' ? roomName : null} />
      <Row label={t('svc.companions.title')} value={companions.map(({ name }) => name).join(t('svc.comma'))} />
      <Row label={t('svc.reason')} value={reason?.[language()]} />
      {children}
    </Card>
  );
}
