import { errorText } from '@qinqiao/client-sdk';
import type { AppointmentView } from '@qinqiao/contracts';
import { useCallback, useEffect, useState } from 'react';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { AppointmentCard } from './appointment-card.tsx';

interface History {
  items: AppointmentView[];
  /** Undefined: nothing read yet; null: that is all. */
  next: string | null | undefined;
}

/** The inmate's own calls and visits that are over, the latest first. */
export function HistoryList() {
  const t = useText();
  const language = useLanguage();
  const [{ items, next }, setHistory] = useState<History>({ items: [], next: undefined });
  const [error, setError] = useState<unknown>(null);
  const more = useCallback(async (cursor: string | undefined) => {
    setError(null);
    try {
      const page = await api.listMyAppointments({ query: { past: 'true', limit: 20, ...(cursor === undefined ? {} : { cursor }) } });
      setHistory((before) => ({ items: cursor === undefined ? page.items : [...before.items, ...page.items], next: page.next }));
    } catch (problem) {
      setError(problem);
    }
  }, []);
  useEffect(() => {
    // oxlint-disable-next-line react-hooks/set-state-in-effect
    void more(undefined);
  }, [more]);
  if (next === undefined && error === null) return <div className="home-empty spinner" />;
  return (
    <div className="home-coming" data-testid="history">
      {items.length === 0 && error === null && (
        <div className="home-empty">
          <b>{t('home.noHistory')}</b>
        </div>
      )}
      <ul className="home-calls">
        {items.map((appointment) => (
          <AppointmentCard key={appointment.id} appointment={appointment} />
        ))}
      </ul>
      {error !== null && <p className="home-stale">{errorText(error, language)}</p>}
      {(typeof next === 'string' || error !== null) && (
        <button type="button" className="quiet home-more" onClick={() => void more(next ?? undefined)}>
          {t(error === null ? 'home.more' : 'retry')}
        </button>
      )}
    </div>
  );
}
