import type { RestOutput } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Table, Tag } from 'antd';
import { ErrorView } from '../components/error-view.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

type Key = RestOutput<'listKeys'>['items'][number];
const KEY = ['keys'];

/** The installation's keys, as far as they are public, and their rotation. */
export function KeysPage() {
  const t = useText();
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const mayRotate = useAllowed('key.rotate');
  const keys = useQuery({ queryKey: KEY, queryFn: () => api.listKeys() });
  const rotate = async () => {
    await act(() => api.rotateKeys(), t('security.rotated'));
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <PageFrame
      title={t('security.keysTitle')}
      hint={<Tag>{t('security.keysHint')}</Tag>}
      testId="keys-page"
      actions={
        mayRotate && (
          <Popconfirm
            title={t('security.rotateAsk')}
            onConfirm={() => void rotate()}
            placement="bottomRight"
            styles={{ root: { maxWidth: 360 } }}
          >
            <Button danger loading={busy} data-testid="key-rotate">
              {t('security.rotate')}
            </Button>
          </Popconfirm>
        )
      }
    >
      {keys.isError && !keys.data ? (
        <ErrorView error={keys.error} onRetry={() => void keys.refetch()} />
      ) : (
        <Table<Key>
          className="panel"
          rowKey="id"
          pagination={false}
          loading={keys.isPending}
          dataSource={keys.data?.items ?? []}
          columns={[
            {
              title: t('security.keyId'),
              dataIndex: 'id',
              width: 260,
              render: (id: string, { newest }) => (
                <>
                  {id} {newest && <Tag color="green">{t('security.newest')}</Tag>}
                </>
              ),
            },
            { title: t('security.publicKey'), dataIndex: 'publicKey', render: (key: string) => <code className="key-text">{key}</code> },
          ]}
        />
      )}
    </PageFrame>
  );
}
