import { FACE_CHECK_REASONS, type FaceCheckRecord, type FaceCheckState } from '@qinqiao/contracts';
import { Button, Segmented, Select, type TableColumnsType, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { FaceCheckDrawer } from './face-check-drawer.tsx';

const REFRESH_MS = 3000;
const STATES: FaceCheckState[] = ['passed', 'failed', 'waiting', 'allowed', 'refused', 'expired', 'open'];
const COLOURS: Record<FaceCheckState, string> = {
  open: 'blue',
  passed: 'green',
  failed: 'red',
  waiting: 'gold',
  allowed: 'green',
  refused: 'red',
  expired: 'default',
};

/** Faces that an officer must decide on, and all that were checked. */
export function FaceChecksPage() {
  const t = useText();
  const [view, setView] = useState<'waiting' | 'all'>('waiting');
  const [state, setState] = useState<FaceCheckState>();
  const [open, setOpen] = useState<FaceCheckRecord | null>(null);
  const columns = useColumns(setOpen);
  const waiting = view === 'waiting';
  const query = waiting ? { waiting: 'true' as const } : state ? { state } : {};
  return (
    <PageFrame
      title={t('faceChecks.title')}
      hint={<span className="muted">{t('faceChecks.hint')}</span>}
      testId="face-checks-page"
      filters={
        <>
          <Segmented
            value={view}
            onChange={setView}
            options={[
              { value: 'waiting', label: t('faceChecks.waiting') },
              { value: 'all', label: t('faceChecks.all') },
            ]}
            data-testid="face-checks-view"
          />
          {!waiting && (
            <Select
              allowClear
              placeholder={t('faceChecks.state')}
              value={state}
              onChange={setState}
              style={{ width: 200 }}
              options={STATES.map((value) => ({ value, label: t(`faceChecks.states.${value}`) }))}
            />
          )}
        </>
      }
    >
      <DataTable<FaceCheckRecord>
        queryKey={['face-checks', view, state]}
        read={(cursor) => api.listFaceChecks({ query: { ...query, limit: 20, ...(cursor === undefined ? {} : { cursor }) } })}
        columns={columns}
        rowKey="id"
        onOpen={setOpen}
        rowTestId="face-check-row"
        minWidth={720}
        refetchInterval={REFRESH_MS}
        emptyText={t(waiting ? 'faceChecks.nothingWaits' : 'common.noData')}
      />
      {open && <FaceCheckDrawer check={open} onClose={() => setOpen(null)} />}
    </PageFrame>
  );
}

export function FaceCheckTag({ state }: { state: FaceCheckState }) {
  const t = useText();
  return <Tag color={COLOURS[state]}>{t(`faceChecks.states.${state}`)}</Tag>;
}

function useColumns(onOpen: (check: FaceCheckRecord) => void): TableColumnsType<FaceCheckRecord> {
  const t = useText();
  const language = useLanguage();
  return useMemo(
    () => [
      { title: t('faceChecks.time'), key: 'time', width: 170, render: (_, { openedAt }) => momentOf(openedAt) },
      {
        title: t('faceChecks.person'),
        key: 'person',
        render: (_, { subject }) => `${subject.name} · ${t(`faceChecks.kinds.${subject.kind}`)}`,
      },
      {
        title: t('faceChecks.purpose'),
        key: 'purpose',
        render: (_, { purpose, inmateName }) =>
          purpose === 'login' ? t('faceChecks.login') : t('faceChecks.entry', { name: inmateName ?? '' }),
      },
      // Narrow screens keep what is decided by.
      { title: t('faceChecks.prison'), key: 'prison', dataIndex: 'prisonName', responsive: ['xl'] },
      {
        title: t('faceChecks.likeness'),
        key: 'likeness',
        width: 110,
        responsive: ['xl'],
        render: (_, { likeness, threshold }) => (likeness === null ? t('common.none') : `${likeness}% / ${threshold}%`),
      },
      { title: t('faceChecks.state'), key: 'state', width: 150, render: (_, { state }) => <FaceCheckTag state={state} /> },
      {
        title: t('faceChecks.reason'),
        key: 'reason',
        render: (_, { reason }) => (reason ? FACE_CHECK_REASONS[reason][language] : t('common.none')),
      },
      {
        title: t('common.actions'),
        key: 'act',
        width: 110,
        fixed: 'right',
        render: (_, check) => (
          <Button
            size="small"
            type={check.state === 'waiting' ? 'primary' : 'default'}
            onClick={() => onOpen(check)}
            data-testid="face-check-open"
          >
            {t(check.state === 'waiting' ? 'faceChecks.decide' : 'faceChecks.look')}
          </Button>
        ),
      },
    ],
    [t, language, onOpen],
  );
}
