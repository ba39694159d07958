import { type TranscriptionPriority, TRANSCRIPTION_PRIORITIES, type TranscriptionState, type TranscriptionView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Checkbox, Progress, Select, Space, Tag, Typography, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'react-router-dom';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { PauseAll, QUEUES_KEY, QueueCards } from './queue-cards.tsx';

const KEY = ['transcriptions'];
const REFRESH_MS = 2000;
const STATES: TranscriptionState[] = ['queued', 'running', 'done', 'failed'];
const COLOURS = { queued: 'default', running: 'blue', done: 'green', failed: 'red' } as const;

interface Filter {
  state?: TranscriptionState | undefined;
  priority?: TranscriptionPriority | undefined;
  unrepaired?: 'true' | undefined;
}

/** What is transcribed from recordings: queues and jobs. */
export function TranscriptionsPage() {
  const t = useText();
  const [filter, setFilter] = useState<Filter>({});
  const columns = useColumns();
  const filters = (
    <Space wrap>
      <Select<TranscriptionState>
        allowClear
        placeholder={t('transcriptions.state')}
        style={{ width: 140 }}
        options={STATES.map((value) => ({ value, label: t(`transcriptions.states.${value}`) }))}
        onChange={(state?: TranscriptionState) => setFilter((old) => ({ ...old, state }))}
        data-testid="transcriptions-state"
      />
      <Select<TranscriptionPriority>
        allowClear
        placeholder={t('transcriptions.priority')}
        style={{ width: 160 }}
        options={TRANSCRIPTION_PRIORITIES.map((value) => ({ value, label: t(`transcriptions.priorities.${value}`) }))}
        onChange={(priority?: TranscriptionPriority) => setFilter((old) => ({ ...old, priority }))}
      />
      <Checkbox onChange={({ target }) => setFilter((old) => ({ ...old, unrepaired: target.checked ? 'true' : undefined }))}>
        {t('transcriptions.unrepaired')}
      </Checkbox>
    </Space>
  );
  return (
    <PageFrame
      title={t('transcriptions.title')}
      hint={<Typography.Text type="secondary">{t('transcriptions.hint')}</Typography.Text>}
      actions={<PauseAll />}
      filters={filters}
      testId="transcriptions-page"
    >
      <QueueCards />
      <DataTable<TranscriptionView>
        queryKey={[...KEY, filter]}
        read={(cursor) => api.listTranscriptions({ query: { ...filter, limit: 50, cursor } })}
        columns={columns}
        rowKey="conversationId"
        rowTestId="transcription-row"
        emptyText={t('transcriptions.none')}
        minWidth={1150}
        refetchInterval={REFRESH_MS}
      />
    </PageFrame>
  );
}

function useColumns(): TableColumnsType<TranscriptionView> {
  const t = useText();
  const mayEdit = useAllowed('transcription.edit');
  return useMemo(
    () => [
      { title: t('transcriptions.conversation'), key: 'conversation', width: 190, render: (_, row) => <Conversation row={row} /> },
      { title: t('transcriptions.prison'), dataIndex: 'prisonName', width: 110, ellipsis: true },
      { title: t('transcriptions.reason'), key: 'reason', width: 110, render: (_, { reason }) => t(`transcriptions.reasons.${reason}`) },
      { title: t('transcriptions.priority'), key: 'priority', width: 150, render: (_, row) => <Priority row={row} mayEdit={mayEdit} /> },
      { title: t('transcriptions.state'), key: 'state', width: 160, render: (_, row) => <State row={row} /> },
      { title: t('transcriptions.engine'), dataIndex: 'engine', width: 120, ellipsis: true, render: (name: string | null) => name ?? '–' },
      { title: t('transcriptions.result'), key: 'result', width: 220, render: (_, row) => <Result row={row} mayEdit={mayEdit} /> },
      { title: t('transcriptions.requested'), dataIndex: 'requestedAt', width: 170, render: momentOf },
    ],
    [mayEdit, t],
  );
}

function Conversation({ row }: { row: TranscriptionView }) {
  const t = useText();
  const mayOpen = useAllowed('recording.replay');
  const names = row.inmateName ? `${row.inmateName} – ${row.familyName ?? ''}` : row.conversationId;
  return (
    <>
      {mayOpen && row.inmateName ? (
        <Link to={`/relistening/${row.conversationId}`} title={t('transcriptions.open')}>
          {names}
        </Link>
      ) : (
        names
      )}
      {row.startedAt && (
        <div>
          <Typography.Text type="secondary">{momentOf(row.startedAt)}</Typography.Text>
        </div>
      )}
    </>
  );
}

function State({ row }: { row: TranscriptionView }) {
  const t = useText();
  return (
    <>
      <Tag color={COLOURS[row.state]}>{t(`transcriptions.states.${row.state}`)}</Tag>
      {row.paused && <Tag color="gold">{t('transcriptions.paused')}</Tag>}
      {row.state !== 'done' && row.attempts > 1 && (
        <Typography.Text type="secondary">{t('transcriptions.attempts', { count: row.attempts })}</Typography.Text>
      )}
      {row.state === 'running' && <Progress percent={Math.round(row.progress * 100)} size="small" />}
    </>
  );
}

function Result({ row, mayEdit }: { row: TranscriptionView; mayEdit: boolean }) {
  const t = useText();
  if (row.error) {
    return (
      <>
        <Typography.Text type="danger">{row.error}</Typography.Text>
        {mayEdit && <Retry row={row} />}
      </>
    );
  }
  if (row.state !== 'done') return '–';
  return (
    <>
      {t('transcriptions.segments', { count: row.segments })}
      {row.gapsLeft > 0 && (
        <div>
          <Typography.Text type="warning">{t('transcriptions.gapsLeft', { count: row.gapsLeft })}</Typography.Text>
        </div>
      )}
    </>
  );
}

function Priority({ row, mayEdit }: { row: TranscriptionView; mayEdit: boolean }) {
  const t = useText();
  const queries = useQueryClient();
  const { act, busy } = useAct();
  if (!mayEdit || row.state !== 'queued') return t(`transcriptions.priorities.${row.priority}`);
  const change = async (priority: TranscriptionPriority) => {
    const request = { params: { id: row.conversationId }, body: { priority, version: row.version } };
    await act(() => api.prioritiseTranscription(request), t('transcriptions.prioritised'));
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <Select<TranscriptionPriority>
      size="small"
      value={row.priority}
      disabled={busy}
      style={{ width: 130 }}
      options={TRANSCRIPTION_PRIORITIES.map((value) => ({ value, label: t(`transcriptions.priorities.${value}`) }))}
      onChange={(priority) => void change(priority)}
      data-testid="transcription-priority"
    />
  );
}

function Retry({ row }: { row: TranscriptionView }) {
  const t = useText();
  const queries = useQueryClient();
  const { act, busy } = useAct();
  if (row.state !== 'failed') return null;
  const retry = async () => {
    await act(() => api.retryTranscription({ params: { id: row.conversationId } }), t('transcriptions.retried'));
    await Promise.all([KEY, QUEUES_KEY].map((queryKey) => queries.invalidateQueries({ queryKey })));
  };
  return (
    <Button size="small" type="link" loading={busy} onClick={() => void retry()} data-testid="transcription-retry">
      {t('transcriptions.retry')}
    </Button>
  );
}
