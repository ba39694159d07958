import { FileZipOutlined } from '@ant-design/icons';
import type { FaceRunRow, FaceRunView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Drawer, Progress, type TableColumnsType, Tag } from 'antd';
import { useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { BulkForm } from './bulk-form.tsx';

const COLOURS = { queued: 'default', running: 'processing', done: 'green', failed: 'red' } as const;
const REFRESH_MS = 1500;

/** The officer's zips and recomputings, with what became of each file. */
export function RunsTab() {
  const t = useText();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [opened, setOpened] = useState<FaceRunView | null>(null);
  const columns: TableColumnsType<FaceRunView> = [
    { title: t('faces.at'), key: 'at', render: (_, { createdAt }) => momentOf(createdAt) },
    {
      title: t('faces.kind'),
      key: 'kind',
      render: (_, { kind, subject }) => [t(`faces.kinds.${kind}`), subject && t(`faces.subjects.${subject}`)].filter(Boolean).join(' · '),
    },
    { title: t('faces.file'), dataIndex: 'fileName' },
    {
      title: t('faces.runState'),
      key: 'state',
      render: (_, { state }) => (
        <Tag color={COLOURS[state]} data-testid="face-run-state" data-state={state}>
          {t(`faces.runStates.${state}`)}
        </Tag>
      ),
    },
    { title: t('faces.result'), key: 'result', width: 300, render: (_, run) => <Result run={run} /> },
    {
      title: t('common.actions'),
      key: 'acts',
      render: (_, run) =>
        run.kind === 'bulk' && (
          <Button type="link" size="small" onClick={() => setOpened(run)} data-testid="face-run-open">
            {t('faces.details')}
          </Button>
        ),
    },
  ];
  return (
    <>
      <div className="page-filters">
        <Button type="primary" icon={<FileZipOutlined />} onClick={() => setAdding(true)} data-testid="face-bulk-open">
          {t('faces.bulk')}
        </Button>
      </div>
      <DataTable<FaceRunView>
        queryKey={['face-runs']}
        read={(cursor) => api.listFaceRuns({ query: cursor ? { cursor } : {} })}
        columns={columns}
        rowKey="id"
        rowTestId="face-run"
        emptyText={t('faces.noRuns')}
        refetchInterval={REFRESH_MS}
      />
      <BulkForm
        open={adding}
        onClose={() => setAdding(false)}
        onStarted={() => void queries.invalidateQueries({ queryKey: ['face-runs'] })}
      />
      {opened && <RunDrawer run={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

function Result({ run }: { run: FaceRunView }) {
  const t = useText();
  const language = useLanguage();
  const { state, done, total, enrolled, refused, error } = run;
  if (error) return <span className="face-bad">{error[language]}</span>;
  return (
    <>
      {state === 'running' && total > 0 && <Progress percent={Math.round((done / total) * 100)} size="small" />}
      {t('faces.resultText', { done, total, enrolled, refused })}
    </>
  );
}

function RunDrawer({ run, onClose }: { run: FaceRunView; onClose: () => void }) {
  const t = useText();
  const language = useLanguage();
  const [refused, setRefused] = useState(false);
  const params = { id: run.id };
  return (
    <Drawer open size={720} title={t('faces.detailsOf', { name: run.fileName })} onClose={onClose} data-testid="face-run-drawer">
      <Checkbox checked={refused} onChange={(event) => setRefused(event.target.checked)} className="face-only-refused">
        {t('faces.onlyRefused')}
      </Checkbox>
      <DataTable<FaceRunRow>
        queryKey={['face-run-rows', run.id, refused]}
        read={(cursor) =>
          api.listFaceRunRows({ params, query: { ...(refused ? { refused: 'true' } : {}), ...(cursor ? { cursor } : {}) } })
        }
        columns={[
          { title: t('faces.file'), dataIndex: 'fileName' },
          { title: t('faces.person'), dataIndex: 'person' },
          {
            title: t('faces.outcome'),
            key: 'outcome',
            render: (_, { ok, reason }) =>
              ok ? <Tag color="green">{t('faces.ok')}</Tag> : <span className="face-bad">{reason?.[language]}</span>,
          },
        ]}
        rowKey="id"
        rowTestId="face-run-row"
        minWidth={560}
        refetchInterval={run.state === 'queued' || run.state === 'running' ? REFRESH_MS : 0}
      />
    </Drawer>
  );
}
