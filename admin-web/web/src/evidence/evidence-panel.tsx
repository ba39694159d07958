import { DeleteOutlined, ExportOutlined, LockOutlined, SafetyCertificateOutlined } from '@ant-design/icons';
import type { CallId, EvidenceView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Space, Spin, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { Checks } from './checks.tsx';
import { Holds } from './holds.tsx';
import { ReasonedActs, type ReasonedAct } from './reasoned-acts.tsx';
import { SealFacts } from './seal-facts.tsx';
import './evidence.css';

const POLL_MS = 1500;
const SLOW_POLL_MS = 5000;
const COLOURS = { open: 'default', waiting: 'processing', sealed: 'green', deleted: 'red' } as const;

/** How a recording is kept as evidence, and what an officer may do about it. `recordingId`: the conversation's id. */
export function EvidencePanel({ recordingId }: { recordingId: string }) {
  const params = { id: recordingId as CallId };
  const queryKey = ['evidence', recordingId];
  const query = useQuery({
    queryKey,
    queryFn: () => api.getEvidence({ params }),
    refetchInterval: ({ state }) => pollOf(state.data),
  });
  const queries = useQueryClient();
  const changed = async () => {
    // The page around it, too: a deleted recording plays no more.
    await Promise.all([queryKey, ['call', recordingId]].map((key) => queries.invalidateQueries({ queryKey: key })));
  };
  if (query.data) return <Panel view={query.data} onChanged={changed} />;
  if (query.isError) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  return <Spin className="page-loading" />;
}

function pollOf(view: EvidenceView | undefined): number | false {
  if (view?.checks.some(({ state }) => state === 'queued' || state === 'running')) return POLL_MS;
  const coming = view?.seal.state === 'open' || view?.seal.state === 'waiting';
  return coming || view?.seal.deleted?.removedAt === null ? SLOW_POLL_MS : false;
}

function Panel({ view, onChanged }: { view: EvidenceView; onChanged: () => Promise<void> }) {
  const t = useText();
  const [act, setAct] = useState<ReasonedAct | null>(null);
  const { seal } = view;
  return (
    <section className="evidence" data-testid="evidence" data-state={seal.state}>
      <div className="evidence-head">
        <h3>{t('evidence.title')}</h3>
        <Tag color={COLOURS[seal.state]} data-testid="evidence-state">
          {t(`evidence.states.${seal.state}`)}
        </Tag>
        {seal.held && (
          <Tag color="gold" icon={<LockOutlined />} data-testid="evidence-held">
            {t('evidence.held')}
          </Tag>
        )}
        <span className="page-head-space" />
        {seal.state !== 'deleted' && <Acts view={view} onAct={setAct} onChanged={onChanged} />}
      </div>
      <Notice view={view} />
      <SealFacts view={view} />
      {seal.state === 'sealed' && <Checks checks={view.checks} />}
      <Holds holds={view.holds} onLift={(holdId) => setAct({ kind: 'lift', holdId })} />
      <ReasonedActs recordingId={view.recordingId} act={act} onClose={() => setAct(null)} onChanged={onChanged} />
    </section>
  );
}

function Acts({ view, onAct, onChanged }: { view: EvidenceView; onAct: (act: ReasonedAct) => void; onChanged: () => Promise<void> }) {
  const t = useText();
  const { busy, act } = useAct();
  const [mayVerify, mayExport] = [useAllowed('recording.verify'), useAllowed('recording.export')];
  const [mayHold, mayDelete] = [useAllowed('recording.hold'), useAllowed('recording.delete')];
  const { seal, checks } = view;
  const isSealed = seal.state === 'sealed';
  const checking = checks.some(({ state }) => state === 'queued' || state === 'running');
  const verify = () =>
    act(async () => {
      await api.verifyRecording({ params: { id: view.recordingId } });
      await onChanged();
    });
  return (
    <Space wrap>
      {mayVerify && isSealed && (
        <Tooltip title={t('evidence.verifyHint')}>
          <Button
            icon={<SafetyCertificateOutlined />}
            loading={busy || checking}
            onClick={() => void verify()}
            data-testid="evidence-verify"
          >
            {t('evidence.verify')}
          </Button>
        </Tooltip>
      )}
      {mayExport && isSealed && (
        <Button icon={<ExportOutlined />} onClick={() => onAct({ kind: 'export' })} data-testid="evidence-export">
          {t('evidence.export')}
        </Button>
      )}
      {mayHold && (
        <Button icon={<LockOutlined />} onClick={() => onAct({ kind: 'hold' })} data-testid="evidence-hold">
          {t('evidence.hold')}
        </Button>
      )}
      {mayDelete && seal.state !== 'open' && (
        <Tooltip title={seal.held ? t('evidence.removeHeld') : undefined}>
          <Button
            danger
            icon={<DeleteOutlined />}
            disabled={seal.held}
            onClick={() => onAct({ kind: 'delete' })}
            data-testid="evidence-delete"
          >
            {t('evidence.remove')}
          </Button>
        </Tooltip>
      )}
    </Space>
  );
}

function Notice({ view: { seal } }: { view: EvidenceView }) {
  const t = useText();
  if (seal.deleted) {
    const { byName, at, cause, reason, removedAt } = seal.deleted;
    const texts = { name: byName, when: momentOf(at), cause: t(`evidence.causes.${cause}`), reason };
    const rest = removedAt === null ? t('evidence.removing') : t('evidence.gone', { when: momentOf(removedAt) });
    return <Alert type="error" showIcon title={t('evidence.tombstone', texts)} description={rest} data-testid="tombstone" />;
  }
  if (seal.error !== null) {
    const title = seal.state === 'waiting' ? t('evidence.waitingError') : seal.error;
    return <Alert type="warning" showIcon title={title} description={seal.state === 'waiting' ? seal.error : undefined} />;
  }
  if (seal.state === 'waiting') return <Alert type="info" showIcon title={t('evidence.waitingHint')} />;
  return seal.state === 'open' ? <Alert type="info" showIcon title={t('evidence.openHint')} /> : null;
}
