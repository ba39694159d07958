import type { Notice } from '@qinqiao/contracts';
import { useEffect, useState } from 'react';
import { useText } from '../i18n/index.ts';

const SHOWN_MS = 15_000;

/** The officer's last message, large, for some seconds. */
export function NoticeLine({ notices }: { notices: Notice[] }) {
  const t = useText();
  const last = notices.at(-1);
  const [goneId, setGoneId] = useState<string | null>(null);
  useEffect(() => {
    if (!last) return undefined;
    const timer = setTimeout(() => setGoneId(last.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [last]);
  if (!last || last.id === goneId) return null;
  return (
    <div className="notice" role="alert" data-testid="notice" key={last.id}>
      <small>{t('call.notice')}</small>
      <b>{last.text}</b>
    </div>
  );
}
