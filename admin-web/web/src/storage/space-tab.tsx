import type { StorageView } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Alert, Descriptions, Progress, Statistic, Tag } from 'antd';
import { ErrorView } from '../components/error-view.tsx';
import { formatBytes } from '../components/format.ts';
import { PageLoading } from '../components/page-loading.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

const REFRESH_MS = 60_000;
const TONES = { ok: 'success', warning: 'warning', critical: 'error' } as const;

/** The stores, how they grow and when they are full. */
export function SpaceTab() {
  const query = useQuery({ queryKey: ['storage'], queryFn: () => api.getStorage(), refetchInterval: REFRESH_MS });
  if (query.isError && !query.data) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <PageLoading />;
  return <Space view={query.data} />;
}

function Space({ view }: { view: StorageView }) {
  const t = useText();
  return (
    <div className="storage">
      <Forecast view={view} />
      {view.failing > 0 && (
        <Alert
          type="error"
          showIcon
          title={t('storage.failing', { count: view.failing })}
          description={view.error}
          data-testid="storage-failing"
        />
      )}
      <div className="storage-stores">
        {view.stores.map((store) => (
          <Store key={store.name} store={store} />
        ))}
        <section className="panel storage-counts">
          <Statistic title={t('storage.waiting')} value={t('storage.count', { count: view.waiting })} />
          <Statistic title={t('storage.held')} value={t('storage.count', { count: view.held })} />
        </section>
      </div>
      <ByDay days={view.byDay} />
    </div>
  );
}

function Forecast({ view: { forecast, growth } }: { view: StorageView }) {
  const t = useText();
  const texts = { days: growth.days, growth: formatBytes(Math.max(0, growth.bytesPerDay)), left: forecast.daysLeft ?? 0 };
  const description = forecast.daysLeft === null ? t('storage.leftUnknown', texts) : t('storage.left', texts);
  return (
    <Alert
      type={TONES[forecast.level]}
      showIcon
      title={t(`storage.levels.${forecast.level}`)}
      description={description}
      data-testid="storage-forecast"
      data-level={forecast.level}
    />
  );
}

function Store({ store }: { store: StorageView['stores'][number] }) {
  const t = useText();
  const { name, place, recordings, usedBytes, freeBytes, totalBytes, error } = store;
  const share = freeBytes === null || !totalBytes ? null : Math.round((1 - freeBytes / totalBytes) * 100);
  const size =
    freeBytes === null || totalBytes === null
      ? t('storage.sizeUnknown')
      : t('storage.free', { free: formatBytes(freeBytes), total: formatBytes(totalBytes) });
  const items = [
    { key: 'place', label: t('storage.place'), children: <code className="storage-place">{place}</code> },
    {
      key: 'recordings',
      label: t('storage.recordings'),
      children: t('storage.recordingsCount', { count: recordings, size: formatBytes(usedBytes) }),
    },
  ];
  return (
    <section className="panel storage-store" data-testid="store" data-store={name}>
      <h2>
        {t(`storage.stores.${name}`)} {error !== null && <Tag color="red">{t('storage.unreachable', { error })}</Tag>}
      </h2>
      {share !== null && <Progress percent={share} status={share >= 92 ? 'exception' : 'normal'} />}
      <p className="muted">{size}</p>
      <Descriptions size="small" column={1} items={items} />
    </section>
  );
}

function ByDay({ days }: { days: StorageView['byDay'] }) {
  const t = useText();
  const most = Math.max(1, ...days.map(({ bytes }) => bytes));
  return (
    <section className="panel">
      <h2>{t('storage.byDay')}</h2>
      {days.length === 0 && <p className="muted">{t('storage.nothing')}</p>}
      <div className="storage-days">
        {days.map(({ day, bytes, recordings }) => (
          <div key={day} className="storage-day" title={t('storage.dayHint', { day, count: recordings, size: formatBytes(bytes) })}>
            <small>{formatBytes(bytes)}</small>
            <i style={{ height: `${Math.max(2, (bytes / most) * 100)}%` }} />
            <small>{day.slice(5)}</small>
          </div>
        ))}
      </div>
    </section>
  );
}
