import { UploadOutlined } from '@ant-design/icons';
import type { TransferView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Progress, Space, type TableColumnsType, Tag } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { saveFile } from '../components/save-file.ts';
import { useAct } from '../components/use-act.ts';
import { type Translate, useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ImportDrawer } from './import-drawer.tsx';

const COLOURS = {
  queued: 'default',
  running: 'processing',
  writing: 'processing',
  done: 'green',
  wrong: 'orange',
  failed: 'red',
  cancelled: 'default',
} as const;
const REFRESH_MS = 1500;

/** The officer's imports and exports, with what became of them. */
export function TransfersPage() {
  const t = useText();
  const language = useLanguage();
  const queries = useQueryClient();
  const [search, setSearch] = useSearchParams();
  const asked = search.get('import');
  const [opened, setOpened] = useState(false);
  const importing = opened || asked !== null;
  const kinds = useQuery({ queryKey: ['transfer-kinds'], queryFn: () => api.listTransferKinds() });
  const reload = () => queries.invalidateQueries({ queryKey: ['transfers'] });
  const close = () => {
    setOpened(false);
    setSearch({}, { replace: true });
  };
  const columns: TableColumnsType<TransferView> = [
    { title: t('transfers.createdAt'), key: 'at', render: (_, { createdAt }) => dayjs(createdAt).format('YYYY-MM-DD HH:mm:ss') },
    { title: t('transfers.direction'), key: 'direction', render: (_, { direction }) => t(`transfers.directions.${direction}`) },
    { title: t('transfers.kind'), key: 'kind', render: (_, { title }) => title[language] },
    { title: t('transfers.file'), dataIndex: 'fileName', width: 220 },
    {
      title: t('transfers.state'),
      key: 'state',
      render: (_, { state }) => (
        <Tag color={COLOURS[state]} data-testid="transfer-state" data-state={state}>
          {t(`transfers.states.${state}`)}
        </Tag>
      ),
    },
    { title: t('transfers.result'), key: 'result', width: 320, render: (_, transfer) => <Result transfer={transfer} /> },
    { title: t('common.actions'), key: 'acts', render: (_, transfer) => <Acts transfer={transfer} onChanged={() => void reload()} /> },
  ];
  const mayImport = kinds.data?.items.some(({ canImport }) => canImport) ?? false;
  return (
    <PageFrame
      title={t('transfers.title')}
      testId="transfers-page"
      actions={
        mayImport && (
          <Button type="primary" icon={<UploadOutlined />} onClick={() => setOpened(true)} data-testid="import-open">
            {t('transfers.import')}
          </Button>
        )
      }
    >
      <DataTable<TransferView>
        queryKey={['transfers']}
        read={(cursor) => api.listTransfers({ query: cursor ? { cursor } : {} })}
        columns={columns}
        rowKey="id"
        rowTestId="transfer-row"
        refetchInterval={REFRESH_MS}
      />
      {importing && kinds.data && <ImportDrawer kinds={kinds.data.items} kind={asked} onClose={close} onStarted={() => void reload()} />}
    </PageFrame>
  );
}

function Result({ transfer }: { transfer: TransferView }) {
  const t = useText();
  const language = useLanguage();
  const { state, progress, error } = transfer;
  if (state === 'running' || state === 'queued' || state === 'writing')
    return <Progress percent={progress} size="small" data-testid="transfer-progress" />;
  return <span data-testid="transfer-result">{error ? error[language] : resultText(t, transfer)}</span>;
}

function resultText(t: Translate, { direction, state, checkOnly, rows, added, updated, wrong, left }: TransferView): string {
  if (state === 'wrong') return t('transfers.resultWrong', { rows, wrong });
  if (state !== 'done') return '';
  if (direction === 'export') return t('transfers.resultExport', { rows });
  if (checkOnly) return t('transfers.resultChecked', { rows });
  return t(left > 0 ? 'transfers.resultLeft' : 'transfers.resultDone', { rows, added, updated, left });
}

function Acts({ transfer, onChanged }: { transfer: TransferView; onChanged: () => void }) {
  const t = useText();
  const { busy, act } = useAct();
  const params = { id: transfer.id };
  const open = transfer.direction === 'import' && (transfer.state === 'queued' || transfer.state === 'running');
  return (
    <Space size={0}>
      {transfer.hasErrorFile && (
        <Button
          type="link"
          size="small"
          loading={busy}
          onClick={() => void act(async () => saveFile(await api.getTransferErrors({ params })))}
          data-testid="transfer-errors"
        >
          {t('transfers.errorFile')}
        </Button>
      )}
      {open && (
        <Popconfirm title={t('transfers.cancelAsk')} onConfirm={() => void act(() => api.cancelTransfer({ params })).then(onChanged)}>
          <Button type="link" size="small" danger data-testid="transfer-cancel">
            {t('transfers.cancel')}
          </Button>
        </Popconfirm>
      )}
    </Space>
  );
}
