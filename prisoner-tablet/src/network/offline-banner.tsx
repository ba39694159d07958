import { useText } from '../i18n/index.ts';
import { useLineLostAt } from './line.ts';

/** Says that the network is gone and that the tablet tries again by itself. */
export function OfflineBanner() {
  const t = useText();
  const lostAt = useLineLostAt();
  if (lostAt === null) return null;
  return (
    <div className="offline-banner" role="status" data-testid="offline">
      {t('offline')}
    </div>
  );
}
