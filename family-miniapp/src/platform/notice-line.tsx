import type { Notice } from '@qinqiao/contracts';
import { useEffect, useState } from 'react';

const SHOWN_MS = 15_000;

/** The newest message of the officers, for a while. Read out by screen readers. */
export function NoticeLine({ notices }: { notices: Notice[] }) {
  const last = notices.at(-1);
  const [hidden, setHidden] = useState<string | null>(null);
  useEffect(() => {
    if (!last) return undefined;
    const timer = setTimeout(() => setHidden(last.id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [last]);
  if (!last || hidden === last.id) return null;
  return (
    <div className="notice" role="alert" data-testid="notice">
      {last.text}
    </div>
  );
}
