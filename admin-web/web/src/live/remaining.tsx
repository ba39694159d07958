import { type CallClient, formatCountdown } from '@qinqiao/client-sdk';
import { useEffect, useState } from 'react';
import { useText } from '../i18n/index.ts';

const TICK_MS = 250;
const LAST_MS = 3 * 60_000;

/** Time left by the server's clock. Ticks by itself, so that nothing around it is drawn anew. */
export function Remaining({ client }: { client: CallClient }) {
  const t = useText();
  const [ms, setMs] = useState<number | null>(null);
  useEffect(() => {
    const tick = () => setMs(client.remainingMs());
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [client]);
  return (
    <div className={ms !== null && ms < LAST_MS ? 'remaining is-last' : 'remaining'}>
      <small>{t('live.remaining')}</small>
      <b data-testid="remaining">{ms === null ? '--:--' : formatCountdown(ms)}</b>
    </div>
  );
}
