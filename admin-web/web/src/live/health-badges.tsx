import type { CallHealth, ServiceHealth } from '@qinqiao/contracts';
import { Alert, Badge } from 'antd';
import { useText } from '../i18n/index.ts';

const STATUS: Record<ServiceHealth, 'success' | 'warning' | 'error' | 'default'> = {
  ok: 'success',
  degraded: 'warning',
  down: 'error',
  off: 'default',
};
const SUFFIX = { ok: 'Ok', degraded: 'Degraded', down: 'Down', off: 'Off' } as const;

/** Whether the call is being recorded and transcribed; unknown until its slot begins. */
export function HealthBadges({ health }: { health: CallHealth | null }) {
  const t = useText();
  return (
    <span className="health">
      {(['recording', 'speech'] as const).map((what) => (
        <span key={what} title={health?.detail ?? undefined} data-testid={`health-${what}`} data-health={health?.[what] ?? 'unknown'}>
          <Badge status={health ? STATUS[health[what]] : 'default'} text={t(`live.${what}${health ? SUFFIX[health[what]] : 'Pending'}`)} />
        </span>
      ))}
    </span>
  );
}

/** Red, at once, when the call is not being recorded or its words are not being heard. */
export function HealthBanner({ health }: { health: CallHealth | null }) {
  const t = useText();
  if (!health) return null;
  const lost = (['recording', 'speech'] as const).filter((what) => health[what] === 'down');
  return lost.map((what) => (
    <Alert
      key={what}
      type="error"
      banner
      showIcon
      title={health.detail ? `${t(`live.${what}Banner`)}（${health.detail}）` : t(`live.${what}Banner`)}
      className="health-banner"
      data-testid={`banner-${what}`}
    />
  ));
}
