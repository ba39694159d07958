import type { QuotaKind } from '@qinqiao/contracts';
import { Text, View } from '@tarojs/components';
import { useTranslation } from 'react-i18next';
import { api } from '../state/session';
import { useData } from '../state/use-data';
import { Row } from './parts';

/** What is left of the inmate's calls of a kind. */
export function QuotaCard({ inmateId, kind }: { inmateId: string; kind: QuotaKind }) {
  const { t } = useTranslation();
  const quota = useData(() => api.getQuota({ query: { inmateId } }), inmateId);
  const limits = quota.value?.limits.filter(({ kinds }) => kinds.includes(kind)) ?? [];
  if (limits.length === 0) return null;
  return (
    <View className="quota" data-testid="quota">
      <Text className="item-label">{t('svc.quota.title')}</Text>
      {limits.map((limit) => {
        const calls = limit.allowedCalls === null ? null : Math.max(0, limit.allowedCalls - limit.usedCalls - limit.reservedCalls);
        const minutes =
          limit.allowedMinutes === null ? null : Math.max(0, limit.allowedMinutes - limit.usedMinutes - limit.reservedMinutes);
        const parts = [
          ...(calls === null ? [] : [t('svc.quota.calls', { left: calls, of: limit.allowedCalls })]),
          ...(minutes === null ? [] : [t('svc.quota.minutes', { left: minutes, of: limit.allowedMinutes })]),
        ];
        const name = `${t(`svc.quota.periods.${limit.period}`)} · ${limit.kinds.map((one) => t(`svc.kinds.${one}`)).join(t('svc.comma'))}`;
        return <Row key={`${limit.period} ${limit.kinds.join()}`} label={name} value={parts.join(t('svc.comma'))} />;
      })}
    </View>
  );
}
