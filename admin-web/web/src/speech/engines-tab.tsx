import type { SpeechEngineView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Popconfirm, Space, Table, Tag, Tooltip, Typography, type TableColumnsType } from 'antd';
import { useMemo } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ENGINES_KEY, useEngines } from './use-engines.ts';

const COLOURS = { ready: 'green', busy: 'gold', slow: 'orange', down: 'red', off: 'default' } as const;

export function EnginesTab({ onEdit }: { onEdit: (engine: SpeechEngineView) => void }) {
  const t = useText();
  const mayEdit = useAllowed('speech.edit');
  const query = useEngines();
  const columns = useMemo<TableColumnsType<SpeechEngineView>>(
    () => [
      { title: t('speech.name'), key: 'name', width: 200, render: (_, engine) => <Name engine={engine} /> },
      { title: t('speech.kind'), key: 'kind', width: 100, render: (_, { kind }) => t(`speech.kinds.${kind}`) },
      { title: t('speech.state'), key: 'state', width: 190, render: (_, engine) => <State engine={engine} /> },
      {
        title: t('speech.streams'),
        key: 'streams',
        width: 80,
        align: 'right',
        render: (_, { health, capacity }) => `${health.streams} / ${capacity}`,
      },
      {
        title: t('speech.offline'),
        key: 'offline',
        width: 110,
        align: 'right',
        render: (_, { health, offlineStreams, offlineSpeed }) => `${health.offlineStreams} / ${offlineStreams} · ×${offlineSpeed}`,
      },
      {
        title: t('speech.delay'),
        key: 'delay',
        width: 70,
        align: 'right',
        render: (_, { health }) => (health.streams > 0 ? `${(health.delayMs / 1000).toFixed(1)} s` : '–'),
      },
      { title: t('speech.fault'), key: 'fault', width: 210, render: (_, { health }) => <LastFault health={health} /> },
      {
        title: t('common.actions'),
        key: 'actions',
        width: 190,
        fixed: 'right',
        render: (_, engine) => mayEdit && !engine.builtIn && <RowActions engine={engine} onEdit={onEdit} />,
      },
    ],
    [mayEdit, onEdit, t],
  );
  if (query.isError && !query.data) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  const engines = query.data?.items ?? [];
  const isOff = query.data !== undefined && !engines.some(({ enabled }) => enabled);
  return (
    <>
      {isOff && (
        <Alert
          type="warning"
          showIcon
          title={t('speech.none')}
          description={t('speech.noneHint')}
          style={{ marginBottom: 12 }}
          data-testid="speech-none"
        />
      )}
      <Table<SpeechEngineView>
        className="panel"
        size="middle"
        rowKey="id"
        columns={columns}
        dataSource={engines}
        loading={query.isPending}
        pagination={false}
        scroll={{ x: 1150 }}
        onRow={() => ({ 'data-testid': 'speech-engine-row' }) as object}
      />
    </>
  );
}

function Name({ engine }: { engine: SpeechEngineView }) {
  const t = useText();
  return (
    <>
      <b>{engine.name}</b>{' '}
      {engine.builtIn && (
        <Tooltip title={t('speech.builtInHint')}>
          <Tag>{t('speech.builtIn')}</Tag>
        </Tooltip>
      )}
      {!engine.enabled && <Tag>{t('speech.disabled')}</Tag>}
      {engine.url !== '' && (
        <div>
          <Typography.Text type="secondary">{engine.url}</Typography.Text>
        </div>
      )}
    </>
  );
}

function State({ engine: { health } }: { engine: SpeechEngineView }) {
  const t = useText();
  return (
    <>
      <Tooltip title={health.fault}>
        <Tag color={COLOURS[health.state]} data-testid={`speech-engine-${health.state}`}>
          {t(`speech.states.${health.state}`)}
        </Tag>
      </Tooltip>
      {health.since && (
        <div>
          <Typography.Text type="secondary">{t('speech.since', { at: momentOf(health.since) })}</Typography.Text>
        </div>
      )}
    </>
  );
}

function LastFault({ health }: Pick<SpeechEngineView, 'health'>) {
  const t = useText();
  if (!health.lastFault) return t('speech.noFault');
  return (
    <>
      <Typography.Text type={health.state === 'down' ? 'danger' : 'secondary'}>{health.lastFault}</Typography.Text>
      {health.lastFaultAt && (
        <div>
          <Typography.Text type="secondary">{momentOf(health.lastFaultAt)}</Typography.Text>
        </div>
      )}
    </>
  );
}

function RowActions({ engine, onEdit }: { engine: SpeechEngineView; onEdit: (engine: SpeechEngineView) => void }) {
  const t = useText();
  const queries = useQueryClient();
  const { act, busy } = useAct();
  const params = { id: engine.id };
  const tryIt = () => act(() => api.trySpeechEngine({ params }), t('speech.tryAsked'));
  const remove = async () => {
    await act(() => api.deleteSpeechEngine({ params, query: { version: engine.version } }), t('speech.removed'));
    await queries.invalidateQueries({ queryKey: ENGINES_KEY });
  };
  return (
    <Space size={0}>
      <Button
        size="small"
        type="link"
        loading={busy}
        disabled={!engine.enabled}
        onClick={() => void tryIt()}
        data-testid="speech-engine-try"
      >
        {t('speech.try')}
      </Button>
      <Button size="small" type="link" onClick={() => onEdit(engine)} data-testid="speech-engine-edit">
        {t('common.edit')}
      </Button>
      <Popconfirm
        title={t('speech.removeAsk', { name: engine.name })}
        description={t('speech.removeText')}
        onConfirm={() => void remove()}
        okButtonProps={{ danger: true }}
      >
        <Button size="small" type="link" danger>
          {t('common.remove')}
        </Button>
      </Popconfirm>
    </Space>
  );
}
