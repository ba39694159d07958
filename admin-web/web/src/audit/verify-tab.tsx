import { CheckCircleOutlined } from '@ant-design/icons';
import type { AuditVerification } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Progress, Tag, type TableColumnsType } from 'antd';
import { useEffect, useMemo } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

const isUnderWay = (verification: AuditVerification | null | undefined) =>
  verification?.state === 'queued' || verification?.state === 'running';
const KEY = ['audit', 'verifications'];
const COLOURS = { queued: 'default', running: 'processing', intact: 'green', broken: 'red', failed: 'orange' } as const;

/** Verifying the trail, with how far it is and what came of it. */
export function VerifyTab() {
  const t = useText();
  const allowed = useAllowed('audit.verify');
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const status = useQuery({
    queryKey: ['audit', 'status'],
    queryFn: () => api.auditStatus(),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.lastVerification) ? 500 : false),
  });
  const last = status.data?.lastVerification;
  const underWay = isUnderWay(last);
  const state = last?.state;
  useEffect(() => {
    if (state !== undefined) void queries.invalidateQueries({ queryKey: KEY });
  }, [state, queries]);
  const verify = async (extent: 'full' | 'recent') => {
    await act(() => api.verifyAudit({ body: { extent } }), t('audit.verifyAsked'));
    await queries.invalidateQueries({ queryKey: ['audit', 'status'] });
  };
  const columns = useMemo(() => columnsOf(t), [t]);
  return (
    <>
      <div className="panel audit-verify">
        {allowed && (
          <>
            <Button
              type="primary"
              disabled={underWay}
              loading={busy}
              icon={<CheckCircleOutlined />}
              onClick={() => void verify('full')}
              data-testid="verify-full"
            >
              {t('audit.verifyFull')}
            </Button>
            <Button disabled={underWay} onClick={() => void verify('recent')} data-testid="verify-recent">
              {t('audit.verifyRecent')}
            </Button>
          </>
        )}
        <span>{t('audit.verifyHint')}</span>
        {last && underWay && (
          <Progress
            percent={last.total ? Math.min(100, Math.floor((100 * last.checked) / last.total)) : 0}
            status="active"
            data-testid="verify-progress"
          />
        )}
      </div>
      {last && !underWay && <Outcome last={last} />}
      <DataTable<AuditVerification>
        queryKey={KEY}
        read={(cursor) => api.listAuditVerifications({ query: { limit: 20, cursor } })}
        columns={columns}
        rowKey="id"
        emptyText={t('audit.noVerifications')}
      />
    </>
  );
}

function Outcome({ last }: { last: AuditVerification }) {
  const t = useText();
  const type = last.state === 'intact' ? 'success' : 'error';
  return (
    <Alert
      type={type}
      showIcon
      title={`${t(`audit.states.${last.state}`)} · ${resultText(last, t)}`}
      style={{ marginBottom: 12 }}
      data-testid="verify-outcome"
    />
  );
}

function resultText({ state, brokenSeq, fault, lastSeq, error }: AuditVerification, t: Translate): string {
  if (state === 'broken' && brokenSeq !== null && fault) return t('audit.brokenAt', { seq: brokenSeq, fault: t(`audit.faults.${fault}`) });
  if (state === 'intact') return t('audit.intactTo', { seq: lastSeq ?? 0 });
  return error ?? '';
}

const columnsOf = (t: Translate): TableColumnsType<AuditVerification> => [
  { title: t('audit.askedAt'), dataIndex: 'askedAt', width: 180, render: momentOf },
  { title: t('audit.askedBy'), dataIndex: 'askedBy', width: 140 },
  { title: t('audit.extent'), dataIndex: 'extent', width: 120, render: (extent: 'full') => t(`audit.extents.${extent}`) },
  { title: t('audit.checked'), dataIndex: 'checked', width: 120, render: (checked: number) => checked.toLocaleString() },
  {
    title: t('audit.state'),
    key: 'state',
    render: (_, row) => (
      <>
        <Tag color={COLOURS[row.state]}>{t(`audit.states.${row.state}`)}</Tag>
        {resultText(row, t)}
      </>
    ),
  },
];
