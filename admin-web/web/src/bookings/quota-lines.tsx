import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

/** What an inmate has left, a line for each limit. */
export function QuotaLines({ inmateId }: { inmateId: string }) {
  const t = useText();
  const { data } = useQuery({ queryKey: ['quota', inmateId], queryFn: () => api.getQuota({ query: { inmateId } }) });
  if (!data) return null;
  const amount = (used: number, reserved: number, allowed: number | null) =>
    t('bookings.used', { used, reserved, allowed: allowed ?? t('bookings.unlimited') });
  const lines = data.limits.map((limit) => {
    const kinds = limit.kinds.map((kind) => t(`bookings.kinds.${kind}`)).join('+');
    const parts = [
      ...(limit.calls === null ? [] : [`${t('bookings.calls')} ${amount(limit.usedCalls, limit.reservedCalls, limit.allowedCalls)}`]),
      ...(limit.minutes === null
        ? []
        : [`${t('bookings.minutes')} ${amount(limit.usedMinutes, limit.reservedMinutes, limit.allowedMinutes)}`]),
    ];
    return `${t('bookings.quotaLine', { kinds, period: t(`bookings.periods.${limit.period}`) })}: ${parts.join('; ')}`;
  });
  return (
    <Alert
      type="info"
      style={{ marginBottom: 16 }}
      title={t('bookings.quotaOf')}
      description={lines.map((line) => <div key={line}>{line}</div>)}
      data-testid="quota-lines"
    />
  );
}
