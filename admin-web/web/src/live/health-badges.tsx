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

const WHAT = ['recording', 'speech', 'picture'] as const;

/** Whether the call is being recorded, transcribed and its pictures watched; unknown until its slot begins. */
export function HealthBadges({ health }: { health: CallHealth | null }) {
  const t = useText();
  const pictureDetail = usePictureDetail(health);
  const titleOf = (what: (typeof WHAT)[number]) => (what === 'picture' ? pictureDetail : health?.detail) ?? undefined;
  return (
    <span className="health">
      {WHAT.map((what) => (
        <span key={what} title={titleOf(what)} data-testid={`health-${what}`} data-health={health?.[what] ?? 'unknown'}>
          <Badge status={health ? STATUS[health[what]] : 'default'} text={t(`live.${what}${health ? SUFFIX[health[what]] : 'Pending'}`)} />
        </span>
      ))}
    </span>
  );
}

const PICTURE_DETAILS = [
  'no_faces_enrolled',
  'face_service_unavailable',
  'face_service_busy',
  'no_picture',
  'no_decoder',
  'storing',
] as const;

/** What the watch of the pictures cannot do in this call, in words. */
function usePictureDetail(health: CallHealth | null): string | null {
  const t = useText();
  const detail = health?.pictureDetail ?? null;
  const known = PICTURE_DETAILS.find((one) => one === detail);
  return known ? t(`pictures.details.${known}`) : detail;
}

/** Red, at once, when the call is not being recorded, its words are not being heard or its pictures are not being watched. */
export function HealthBanner({ health }: { health: CallHealth | null }) {
  const t = useText();
  if (!health) return null;
  const lost = WHAT.filter((what) => health[what] === 'down');
  return lost.map((what) => (
    <Alert
      key={what}
      type="error"
      banner
      showIcon
      title={
        health.detail && what !== 'picture'
          ? t('common.bracketed', { text: t(`live.${what}Banner`), more: health.detail })
          : t(`live.${what}Banner`)
      }
      className="health-banner"
      data-testid={`banner-${what}`}
    />
  ));
}
