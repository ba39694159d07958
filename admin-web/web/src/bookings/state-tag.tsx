import type { AppointmentState } from '@qinqiao/contracts';
import { Tag } from 'antd';
import { useText } from '../i18n/index.ts';

const COLOURS: Record<AppointmentState, string> = {
  pending: 'orange',
  approved: 'blue',
  underway: 'green',
  completed: 'default',
  refused: 'red',
  cancelled: 'default',
  expired: 'default',
  stopped: 'red',
  missed: 'gold',
  broken: 'volcano',
};

/** The state of an appointment, as lists show it. */
export function StateTag({ state }: { state: AppointmentState }) {
  const t = useText();
  return <Tag color={COLOURS[state]}>{t(`bookings.states.${state}`)}</Tag>;
}
