import { useQuery } from '@tanstack/react-query';
import { DatabaseOutlined } from '@ant-design/icons';
import { Tag } from 'antd';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

const REFRESH_MS = 5 * 60_000;

/** Tells every officer when the space for recordings runs out, without which no call can begin, and when recordings cannot be stored. */
export function StorageNotice() {
  const t = useText();
  const query = useQuery({
    queryKey: ['storage-notice'],
    queryFn: () => api.getStorageNotice(),
    refetchInterval: REFRESH_MS,
    staleTime: REFRESH_MS,
  });
  const { level = 'ok', failing = 0 } = query.data ?? {};
  return (
    <>
      {failing > 0 && (
        <Tag color="red" icon={<DatabaseOutlined />} title={t('storage.failing', { count: failing })} data-testid="storage-failing-notice">
          {t('storage.notice.failing')}
        </Tag>
      )}
      {level !== 'ok' && (
        <Tag color={level === 'critical' ? 'red' : 'orange'} icon={<DatabaseOutlined />} data-testid="storage-notice">
          {t(`storage.notice.${level}`)}
        </Tag>
      )}
    </>
  );
}
