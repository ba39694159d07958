import type { Me } from '@qinqiao/contracts';
import { useState } from 'react';
import { useIdle } from '../home/use-idle.ts';
import { useText } from '../i18n/index.ts';
import { BookingForm } from './booking-form.tsx';
import { useOfficerLogin } from './officer.ts';
import { OfficerForm } from './officer-form.tsx';
import './booking.css';

const IDLE_MS = 2 * 60_000;

interface Props {
  deviceKey: string;
  inmate: Extract<Me, { role: 'inmate' }>;
  onClose: () => void;
}

/** An officer helps the inmate to book, with a log-in of his own that lasts as long as this screen. */
export function BookingScreen({ deviceKey, inmate, onClose }: Props) {
  const t = useText();
  const [ended, setEnded] = useState(false);
  const login = useOfficerLogin(deviceKey, () => setEnded(true));
  useIdle(IDLE_MS, true, onClose);
  return (
    <main className="screen home booking" data-testid="booking">
      <header className="home-head">
        <div>
          <h1>{t('booking.title', { name: inmate.name })}</h1>
          <p>{login.officer && !ended ? t('booking.by', { officer: login.officer.name }) : t('booking.text')}</p>
        </div>
        <button type="button" className="quiet" onClick={onClose} data-testid="booking-close">
          {t('booking.close')}
        </button>
      </header>
      {ended ? (
        <div className="home-empty" role="alert">
          <b>{t('booking.ended')}</b>
          <button type="button" className="primary" onClick={onClose}>
            {t('back')}
          </button>
        </div>
      ) : login.officer ? (
        <BookingForm officer={login.officer} inmateId={inmate.id} onDone={onClose} />
      ) : (
        <OfficerForm login={login} />
      )}
    </main>
  );
}
