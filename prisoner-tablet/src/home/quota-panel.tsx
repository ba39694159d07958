import type { QuotaView } from '@qinqiao/contracts';
import { useText } from '../i18n/index.ts';

type Limit = QuotaView['limits'][number];

/** What is left of each limit in its present period. */
export function QuotaPanel({ quota }: { quota: QuotaView | null }) {
  const t = useText();
  if (!quota) return <aside className="quota" />;
  return (
    <aside className="card quota" data-testid="quota">
      <h2>{t('quota.title')}</h2>
      {quota.limits.length === 0 && <p>{t('quota.none')}</p>}
      {quota.limits.map((limit) => (
        <LimitRow key={`${limit.kinds.join()}${limit.period}`} limit={limit} />
      ))}
    </aside>
  );
}

function LimitRow({ limit }: { limit: Limit }) {
  const t = useText();
  const { kinds, period, allowedCalls, allowedMinutes, usedCalls, usedMinutes, reservedCalls, reservedMinutes } = limit;
  const calls = allowedCalls === null ? null : Math.max(0, allowedCalls - usedCalls - reservedCalls);
  const minutes = allowedMinutes === null ? null : Math.max(0, allowedMinutes - usedMinutes - reservedMinutes);
  return (
    <section>
      <span>{`${kinds.map((kind) => t(`kind.${kind}`)).join(t('quota.and'))} · ${t(`quota.${period}`)}`}</span>
      {calls !== null && <b className={calls === 0 ? 'is-used' : ''}>{t('quota.calls', { left: calls, allowed: allowedCalls ?? 0 })}</b>}
      {minutes !== null && (
        <b className={minutes === 0 ? 'is-used' : ''}>{t('quota.minutes', { left: minutes, allowed: allowedMinutes ?? 0 })}</b>
      )}
    </section>
  );
}
