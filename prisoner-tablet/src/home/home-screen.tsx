import { errorText } from '@qinqiao/client-sdk';
import { useState } from 'react';
import { BookingScreen } from '../booking/booking-screen.tsx';
import { LanguageButton } from '../components/language-button.tsx';
import { clockTime } from '../components/times.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { logOut } from '../session/api.ts';
import { AppointmentCard } from './appointment-card.tsx';
import { CallCard } from './call-card.tsx';
import { HistoryList } from './history-list.tsx';
import { QuotaPanel } from './quota-panel.tsx';
import { useHome, type Home, type Shown } from './use-home.ts';
import { useIdle } from './use-idle.ts';
import './home.css';

const IDLE_MS = 3 * 60_000;
type Sheet = 'coming' | 'history';

/** The inmate's own: what is coming and the way in, what has been, what is left, and an officer's help with booking. */
export function HomeScreen({ deviceKey }: { deviceKey: string }) {
  const t = useText();
  const home = useHome();
  const [sheet, setSheet] = useState<Sheet>('coming');
  const [booking, setBooking] = useState(false);
  const me = home.shown?.me.role === 'inmate' ? home.shown.me : null;
  // Who waits for a call that is about to begin stays; otherwise a tablet left alone logs out. With an officer it has its own limit.
  useIdle(IDLE_MS, !booking && !home.shown?.calls.some((call) => call.canJoin), () => void logOut());
  const done = () => {
    setBooking(false);
    home.refresh();
  };
  if (booking && me) return <BookingScreen deviceKey={deviceKey} inmate={me} onClose={done} />;
  const tab = (name: Sheet) => (
    <button
      type="button"
      className={sheet === name ? 'home-tab is-chosen' : 'home-tab'}
      onClick={() => setSheet(name)}
      data-testid={`tab-${name}`}
    >
      {t(`home.${name}`)}
    </button>
  );
  return (
    <main className="screen home">
      <header className="home-head">
        <div>
          <h1>{me ? t('home.hello', { name: me.name }) : ' '}</h1>
          {me && <p>{t('home.place', { ward: me.wardName, room: me.roomName })}</p>}
        </div>
        <div className="home-buttons">
          <LanguageButton />
          <button type="button" className="quiet" disabled={!me} onClick={() => setBooking(true)} data-testid="help-book">
            {t('home.helpBook')}
          </button>
          <button type="button" className="quiet" onClick={() => void logOut()} data-testid="logout">
            {t('logout')}
          </button>
        </div>
      </header>
      <nav className="home-tabs">
        {tab('coming')}
        {tab('history')}
      </nav>
      <div className="home-body">
        {sheet === 'coming' ? <Coming home={home} onRetry={home.refresh} /> : <HistoryList />}
        <QuotaPanel quota={home.quota} />
      </div>
    </main>
  );
}

function Coming({ home: { shown, error }, onRetry }: { home: Home; onRetry: () => void }) {
  const t = useText();
  const language = useLanguage();
  if (!shown) {
    return error === null ? (
      <div className="home-empty spinner" />
    ) : (
      <div className="home-empty" role="alert">
        <b>{errorText(error, language)}</b>
        <button type="button" className="primary" onClick={onRetry}>
          {t('retry')}
        </button>
      </div>
    );
  }
  const others = withoutCalls(shown);
  return (
    <div className="home-coming">
      {error !== null && (
        <p className="home-stale" data-testid="stale">
          {t('home.stale', { time: clockTime(new Date(shown.at).toISOString(), language) })}
        </p>
      )}
      {shown.calls.length + others.length === 0 ? (
        <div className="home-empty" data-testid="no-calls">
          <b>{t('home.empty')}</b>
          <p>{t('home.emptyText')}</p>
        </div>
      ) : (
        <ul className="home-calls">
          {shown.calls.map((call) => (
            <CallCard key={call.id} call={call} />
          ))}
          {others.map((appointment) => (
            <AppointmentCard key={appointment.id} appointment={appointment} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** Appointments that are not among the calls of this room: still to be approved, without a room, or in another one. */
function withoutCalls({ calls, appointments }: Shown) {
  const entered = new Set<string>(calls.map(({ id }) => id));
  return appointments.filter(({ callId }) => callId === null || !entered.has(callId));
}
