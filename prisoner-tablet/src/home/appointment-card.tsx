import type { AppointmentView } from '@qinqiao/contracts';
import { clockTime, dayUnlessToday } from '../components/times.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

/** An appointment that cannot be entered here and now: with whom, when, what state it is in and where it will be. */
export function AppointmentCard({ appointment }: { appointment: AppointmentView }) {
  const t = useText();
  const language = useLanguage();
  const { id, familyName, relation, startsAt, endsAt, kind, state, roomName, reason } = appointment;
  const day = dayUnlessToday(startsAt, api.clock.now(), language) ?? t('home.today');
  const place = roomName ?? t(kind === 'visit' ? 'home.visit' : 'home.noRoomYet');
  return (
    <li className="card call-card" data-testid="appointment-row" data-appointment-id={id} data-state={state}>
      <div className="call-card-who">
        <b>{familyName}</b>
        <span>{relation}</span>
      </div>
      <div className="call-card-when">
        <b>{`${clockTime(startsAt, language)} – ${clockTime(endsAt, language)}`}</b>
        <span>{`${day} · ${place}`}</span>
      </div>
      <div className={`appointment-state is-${state}`}>
        <b>{t(`appointment.${state}`)}</b>
        {reason && <span>{reason[language]}</span>}
      </div>
    </li>
  );
}
