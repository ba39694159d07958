import { errorText } from '@qinqiao/client-sdk';
import type { CallSummary, Me } from '@qinqiao/contracts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { LanguageButton } from '../components/language-button.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { api, logOut } from '../session/api.ts';
import { CallCard } from './call-card.tsx';
import { useIdle } from './use-idle.ts';
import './home.css';

const REFRESH_MS = 5000;
const IDLE_MS = 3 * 60_000;

interface Home {
  me: Me | null;
  calls: CallSummary[] | null;
  error: unknown;
}

/** The calls arranged for this inmate in this room, and the way in. */
export function HomeScreen() {
  const t = useText();
  const { me, calls, error, refresh } = useHome();
  // Who waits for a call that is about to begin stays; otherwise a tablet left alone logs out.
  useIdle(IDLE_MS, !calls?.some((call) => call.canJoin), () => void logOut());
  return (
    <main className="screen home">
      <header className="home-head">
        <div>
          <h1>{me ? t('home.hello', { name: me.name }) : ' '}</h1>
          {me?.role === 'inmate' && <p>{t('home.place', { ward: me.wardName, room: me.roomName })}</p>}
        </div>
        <div className="home-buttons">
          <LanguageButton />
          <button type="button" className="quiet" onClick={() => void logOut()} data-testid="logout">
            {t('logout')}
          </button>
        </div>
      </header>
      <h2>{t('home.title')}</h2>
      {error !== null && calls && <p className="home-stale">{t('home.stale')}</p>}
      <Calls calls={calls} error={error} onRetry={refresh} />
    </main>
  );
}

function Calls({ calls, error, onRetry }: { calls: CallSummary[] | null; error: unknown; onRetry: () => void }) {
  const t = useText();
  const language = useLanguage();
  if (!calls) {
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
  if (calls.length === 0) {
    return (
      <div className="home-empty" data-testid="no-calls">
        <b>{t('home.empty')}</b>
        <p>{t('home.emptyText')}</p>
      </div>
    );
  }
  return (
    <ul className="home-calls">
      {calls.map((call) => (
        <CallCard key={call.id} call={call} />
      ))}
    </ul>
  );
}

function useHome(): Home & { refresh: () => void } {
  const [home, setHome] = useState<Home>({ me: null, calls: null, error: null });
  const load = useRef(() => {});
  useEffect(() => {
    let over = false;
    let known: Me | null = null;
    const fetchHome = async () => {
      try {
        const [me, { items }] = await Promise.all([known ?? api.me(), api.listCalls({ query: { scope: 'upcoming', limit: 20 } })]);
        known = me;
        if (!over) setHome({ me, calls: items, error: null });
      } catch (error) {
        if (!over) setHome((before) => ({ ...before, error }));
      }
    };
    load.current = () => void fetchHome();
    load.current();
    const timer = setInterval(load.current, REFRESH_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, []);
  const refresh = useCallback(() => load.current(), []);
  return { ...home, refresh };
}
