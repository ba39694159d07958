import { ArrowLeftOutlined, CustomerServiceOutlined } from '@ant-design/icons';
import { CallId, type CallSummary, type RecordingView } from '@qinqiao/contracts';
import type { UseQueryResult } from '@tanstack/react-query';
import { Button, Descriptions, Result, Spin, Tabs } from 'antd';
import { type ReactNode, useCallback, useRef, useState } from 'react';
import { Link, useParams } from 'react-router-dom';
import { StateTag } from '../components/call-badges.tsx';
import { ErrorView } from '../components/error-view.tsx';
import { clockSecondsOf, momentOf } from '../components/format.ts';
import { PageLoading } from '../components/page-loading.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { EvidencePanel } from '../evidence/index.ts';
import { useText } from '../i18n/index.ts';
import { AlertsPanel } from '../live/alerts-panel.tsx';
import { TranscriptPanel } from '../live/transcript-panel.tsx';
import { CallWarnings } from '../pictures/call-warnings.tsx';
import { FilesPanel } from './files-panel.tsx';
import { HistoryPanel } from './history-panel.tsx';
import { Player } from './player.tsx';
import { fileTime, segmentAt } from './timeline.ts';
import { useCallRecord } from './use-call-record.ts';
import '../live/live.css';
import './detail.css';

export function DetailPage() {
  const id = CallId.parse(useParams()['id']);
  const record = useCallRecord(id);
  if (record.call.isPending) return <PageLoading />;
  if (!record.call.data) return <ErrorView error={record.call.error} onRetry={() => void record.call.refetch()} />;
  return <CallRecordView record={record} call={record.call.data} />;
}

type CallRecord = ReturnType<typeof useCallRecord>;

function CallRecordView({ record, call }: { record: CallRecord; call: CallSummary }) {
  const t = useText();
  const video = useRef<HTMLVideoElement>(null);
  const mayReview = useAllowed('picture.review');
  const mayReplay = useAllowed('recording.replay') && call.recording !== 'none';
  const [currentId, setCurrentId] = useState<string | null>(null);
  const { recording, transcript, alerts, events } = record;
  const combined = recording.data?.files.find((file) => file.kind === 'combined');
  const segments = transcript.data ?? [];
  const seek = useCallback(
    (callMs: number) => {
      if (!video.current || !combined) return;
      video.current.currentTime = fileTime(callMs, combined);
      void video.current.play().catch(() => {});
    },
    [combined],
  );
  const onTime = (callMs: number) => setCurrentId(segmentAt(segments, callMs)?.id ?? null);
  const tabs = [
    { key: 'files', label: t('detail.files'), children: <Loaded query={recording}>{(data) => <FilesPanel recording={data} />}</Loaded> },
    {
      key: 'history',
      label: <span data-testid="tab-history">{t('detail.history')}</span>,
      children: <Loaded query={events}>{(data) => <HistoryPanel events={data} />}</Loaded>,
    },
    ...(mayReview
      ? [
          {
            key: 'pictures',
            label: <span data-testid="tab-pictures">{t('pictures.title')}</span>,
            children: <CallWarnings callId={call.id} onSeek={seek} />,
          },
        ]
      : []),
    ...(mayReplay
      ? [
          {
            key: 'evidence',
            label: <span data-testid="tab-evidence">{t('evidence.title')}</span>,
            children: <EvidencePanel recordingId={call.id} />,
          },
        ]
      : []),
    { key: 'summary', label: t('detail.summary'), children: <Summary call={call} /> },
  ];
  return (
    <main className="page detail" data-testid="detail">
      <div className="page-head">
        <Link to="/finished" aria-label={t('common.back')} className="call-bar-back">
          <ArrowLeftOutlined />
        </Link>
        <h1>
          {call.inmateName} — {call.familyName}
        </h1>
        <StateTag state={call.state} />
        <span className="page-head-space muted">{call.endReason && t(`reason.${call.endReason}`)}</span>
        <small className="muted">{t('detail.audited')}</small>
        {mayReplay && call.state === 'ended' && (
          <Link to={`/relistening/${call.id}`}>
            <Button type="primary" icon={<CustomerServiceOutlined />} tabIndex={-1} data-testid="to-relistening">
              {t('relistening.openPlayer')}
            </Button>
          </Link>
        )}
      </div>
      <div className="detail-top">
        <Loaded query={recording}>
          {(data) =>
            combined ? (
              <Player
                ref={video}
                file={combined}
                alerts={alerts.data ?? []}
                gaps={data.gaps}
                onTime={onTime}
                onSeek={seek}
                onRenew={() => void recording.refetch()}
              />
            ) : (
              <NoPlayer recording={data} ended={call.state === 'ended'} />
            )
          }
        </Loaded>
        <Loaded query={transcript}>
          {() => (
            <TranscriptPanel
              segments={segments}
              alerts={alerts.data ?? []}
              trial={segments.some((segment) => segment.trial)}
              title={t('detail.transcript')}
              empty={t(recording.data?.state === 'deleted' ? 'detail.deletedTranscript' : 'detail.noTranscript')}
              currentId={currentId}
              onPick={(segment) => seek(segment.startMs)}
            />
          )}
        </Loaded>
        <Loaded query={alerts}>
          {(data) => (
            <AlertsPanel
              callId={call.id}
              live={false}
              alerts={data}
              empty={t('detail.noAlerts')}
              onPick={(alert) => seek(alert.atMs - 3000)}
            />
          )}
        </Loaded>
      </div>
      <Tabs className="panel detail-tabs" items={tabs} />
    </main>
  );
}

function Loaded<Data>({ query, children }: { query: UseQueryResult<Data>; children: (data: Data) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  return <Spin className="page-loading panel" />;
}

function NoPlayer({ recording, ended }: { recording: RecordingView; ended: boolean }) {
  const t = useText();
  const { state, error } = recording;
  const waiting = state === 'processing' || (state === 'recording' && ended);
  const title = waiting
    ? 'detail.processing'
    : state === 'recording'
      ? 'detail.recordingNow'
      : state === 'failed'
        ? 'detail.failed'
        : state === 'deleted'
          ? 'detail.deletedRecording'
          : 'detail.noRecording';
  return (
    <section className="panel player no-player" data-testid="no-player" data-state={state}>
      <Result
        status={state === 'failed' ? 'error' : 'info'}
        icon={waiting ? <Spin size="large" /> : undefined}
        title={t(title)}
        subTitle={recording.sealed?.deleted?.reason ?? error}
      />
    </section>
  );
}

function Summary({ call }: { call: CallSummary }) {
  const t = useText();
  const items = [
    { label: t('calls.inmate'), children: `${call.inmateName} ${call.inmateNumber}` },
    { label: t('calls.ward'), children: call.wardName },
    { label: t('calls.family'), children: `${call.familyName} ${call.relation}` },
    { label: t('calls.room'), children: call.roomName },
    { label: t('detail.started'), children: momentOf(call.startsAt) },
    { label: t('detail.live'), children: call.liveSince ? clockSecondsOf(call.liveSince) : t('common.none') },
    { label: t('detail.ended'), children: call.endedAt ? clockSecondsOf(call.endedAt) : t('common.none') },
    { label: t('calls.result'), children: call.endReason ? t(`reason.${call.endReason}`) : t('common.none') },
    { label: t('detail.note'), children: call.endNote ?? t('common.none') },
  ];
  return <Descriptions size="small" column={3} items={items.map((item) => ({ key: item.label, ...item }))} />;
}
