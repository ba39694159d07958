import { UploadOutlined } from '@ant-design/icons';
import { formatDuration } from '@qinqiao/client-sdk';
import { type AudioIntakeView, IntakeState } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Select, type TableColumnsType, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { Link } from 'react-router-dom';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { IntakeForm } from './intake-form.tsx';

const LIMIT = 50;
const LOOK_MS = 3000;
const COLOURS = { queued: 'default', running: 'processing', done: 'success', failed: 'error' } as const;

/** Recordings of visits and phone calls that were taken in as files, and what became of them. */
export function AudioIntakePage() {
  const t = useText();
  const queries = useQueryClient();
  const mayListen = useAllowed('recording.replay');
  const [state, setState] = useState<IntakeState | undefined>();
  const [adding, setAdding] = useState(false);
  const queryKey = useMemo(() => ['audio-intakes', state], [state]);
  const columns = useMemo(() => columnsOf(t, mayListen), [t, mayListen]);
  return (
    <PageFrame
      title={t('audioIntake.title')}
      hint={<small className="muted">{t('audioIntake.hint')}</small>}
      testId="audio-intake-page"
      actions={
        <Button type="primary" icon={<UploadOutlined />} onClick={() => setAdding(true)} data-testid="audio-add">
          {t('audioIntake.add')}
        </Button>
      }
      filters={
        <Select
          allowClear
          placeholder={t('audioIntake.allStates')}
          value={state ?? null}
          style={{ width: 160 }}
          options={IntakeState.options.map((value) => ({ value, label: t(`audioIntake.states.${value}`) }))}
          onChange={(chosen?: IntakeState) => setState(chosen)}
        />
      }
    >
      <DataTable<AudioIntakeView>
        queryKey={queryKey}
        read={(cursor) => api.listAudioIntakes({ query: { limit: LIMIT, cursor, ...(state ? { state } : {}) } })}
        columns={columns}
        rowKey="id"
        rowTestId="audio-intake-row"
        emptyText={t('audioIntake.none')}
        minWidth={1080}
        refetchInterval={LOOK_MS}
      />
      <IntakeForm
        open={adding}
        onClose={() => setAdding(false)}
        onTaken={() => void queries.invalidateQueries({ queryKey: ['audio-intakes'] })}
      />
    </PageFrame>
  );
}

const columnsOf = (t: Translate, mayListen: boolean): TableColumnsType<AudioIntakeView> => [
  {
    title: t('audioIntake.startedAt'),
    key: 'time',
    width: 150,
    render: (_, { startedAt, kind }) => (
      <>
        <span className="digits">{momentOf(startedAt)}</span>
        <br />
        <small className="muted">{t(`audioIntake.kinds.${kind}`)}</small>
      </>
    ),
  },
  {
    title: t('audioIntake.inmate'),
    key: 'inmate',
    width: 150,
    render: (_, { inmateName, inmateNumber }) => (
      <>
        <b>{inmateName}</b>
        <br />
        {inmateNumber}
      </>
    ),
  },
  {
    title: t('audioIntake.party'),
    key: 'party',
    width: 110,
    render: (_, { otherParty, relation }) => (
      <>
        {otherParty}
        <br />
        <small className="muted">{relation}</small>
      </>
    ),
  },
  {
    title: t('audioIntake.file'),
    key: 'file',
    width: 180,
    render: (_, { fileName, channels }) => (
      <>
        <span style={{ overflowWrap: 'anywhere' }}>{fileName}</span>
        <br />
        <small className="muted">{t(`audioIntake.channelShort.${channels}`)}</small>
      </>
    ),
  },
  {
    title: t('audioIntake.duration'),
    dataIndex: 'durationMs',
    width: 80,
    render: (ms: number | null) => <span className="digits">{ms === null ? '—' : formatDuration(ms)}</span>,
  },
  {
    title: t('audioIntake.state'),
    key: 'state',
    width: 220,
    render: (_, { state, fault }) => (
      <span data-testid="intake-state" data-state={state} data-fault={fault ?? ''}>
        <Tag color={COLOURS[state]}>{t(`audioIntake.states.${state}`)}</Tag>
        {fault && <small className="is-overdue">{t(`audioIntake.faults.${fault}`)}</small>}
      </span>
    ),
  },
  { title: t('audioIntake.officer'), dataIndex: 'officerName', width: 100 },
  {
    key: 'act',
    width: 90,
    fixed: 'right',
    render: (_, { id, state }) =>
      state === 'done' &&
      mayListen && (
        <Link to={`/relistening/${id}`} data-testid="intake-listen">
          {t('audioIntake.listen')}
        </Link>
      ),
  },
];
