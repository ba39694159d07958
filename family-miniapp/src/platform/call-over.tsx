import { type CallSnapshot, errorText, formatDuration } from '@qinqiao/client-sdk';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { language } from '../i18n';

/** How it ended, in plain words, or why one could not enter. */
export function CallOver({ snapshot, onHome, onRetry }: { snapshot: CallSnapshot; onHome: () => void; onRetry: () => void }) {
  const { t } = useTranslation();
  const [now] = useState(() => Date.now());
  const failed = snapshot.phase === 'failed';
  const reason = failed ? errorText(snapshot.error, language()) : t(`ended.${snapshot.ended?.reason ?? 'unknown'}`);
  const since = snapshot.call?.liveSince;
  return (
    <div className="over">
      <h1 className="over-title">{failed ? t('call.failed') : t('call.over')}</h1>
      <p className="over-reason" data-testid="end-reason">
        {reason}
      </p>
      {snapshot.ended?.note ? <p className="over-line">{t('reasonGiven', { note: snapshot.ended.note })}</p> : null}
      {!failed && since ? <p className="over-line">{t('call.lasted', { time: formatDuration(now - Date.parse(since)) })}</p> : null}
      {failed ? (
        <button type="button" className="primary" onClick={onRetry}>
          {t('retry')}
        </button>
      ) : null}
      <button type="button" className={failed ? 'quiet' : 'primary'} data-testid="go-home" onClick={onHome}>
        {t('call.home')}
      </button>
    </div>
  );
}
