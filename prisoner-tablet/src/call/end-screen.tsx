import { type CallSnapshot, errorText, formatDuration, type ServerClock } from '@qinqiao/client-sdk';
import { useEffect, useState } from 'react';
import { useLanguage, useText } from '../i18n/index.ts';
import { logOut } from '../session/api.ts';

const LOGOUT_S = 20;

/** The call is over: why, and how long it was. The tablet logs out by itself for the next one. */
export function EndScreen({ snapshot, clock }: { snapshot: CallSnapshot; clock: ServerClock }) {
  const t = useText();
  const seconds = useCountdown(LOGOUT_S, () => void logOut());
  const [endedAt] = useState(() => clock.now());
  const { ended, call } = snapshot;
  const talked = call?.liveSince ? endedAt - Date.parse(call.liveSince) : null;
  return (
    <main className="screen centred" data-testid="ended" data-reason={ended?.reason ?? 'unknown'}>
      <h1>{t('end.title')}</h1>
      <p data-testid="end-reason">{t(`end.reason.${ended?.reason ?? 'unknown'}`)}</p>
      {ended?.reason === 'cut_off' && ended.note && <p>{t('end.note', { note: ended.note })}</p>}
      {talked !== null && <p>{t('end.talked', { time: formatDuration(talked) })}</p>}
      <button type="button" className="primary end-button" onClick={() => void logOut()} data-testid="end-logout">
        {t('end.done')}
      </button>
      <small className="end-countdown">{t('end.logout', { seconds })}</small>
    </main>
  );
}

export function FailedScreen({ error, onRetry, onBack }: { error: unknown; onRetry: () => void; onBack: () => void }) {
  const t = useText();
  const language = useLanguage();
  return (
    <main className="screen centred" data-testid="call-failed">
      <h1>{t('end.failed')}</h1>
      <p role="alert">{errorText(error, language)}</p>
      <div className="failed-buttons">
        <button type="button" className="quiet" onClick={onBack}>
          {t('back')}
        </button>
        <button type="button" className="primary" onClick={onRetry} data-testid="call-retry">
          {t('retry')}
        </button>
      </div>
    </main>
  );
}

function useCountdown(from: number, onZero: () => void): number {
  const [seconds, setSeconds] = useState(from);
  useEffect(() => {
    if (seconds === 0) {
      onZero();
      return undefined;
    }
    const timer = setTimeout(() => setSeconds(seconds - 1), 1000);
    return () => clearTimeout(timer);
  });
  return seconds;
}
