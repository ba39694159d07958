import { ArrowLeftOutlined } from '@ant-design/icons';
import { type CallClient, type CallSnapshot, errorText, type RemoteTrack } from '@qinqiao/client-sdk';
import { CallId, type CallView, type Party, type Role } from '@qinqiao/contracts';
import { Alert, Button, Result } from 'antd';
import { useCallback, useMemo } from 'react';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { StateTag } from '../components/call-badges.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { AlertsPanel } from './alerts-panel.tsx';
import { Controls } from './controls.tsx';
import { HealthBadges, HealthBanner } from './health-badges.tsx';
import { MaskBadge } from './mask-badge.tsx';
import { PictureHold } from './picture-hold.tsx';
import { PictureWarnings } from './picture-warnings.tsx';
import { Remaining } from './remaining.tsx';
import { TranscriptPanel } from './transcript-panel.tsx';
import { useBeep } from './use-beep.ts';
import { useCallClient } from './use-call-client.ts';
import { OfficerTile, VideoTile } from './video-tile.tsx';
import './live.css';

export function LivePage() {
  const id = CallId.parse(useParams()['id']);
  const { client, snapshot } = useCallClient(id);
  if (!snapshot.call && snapshot.phase !== 'failed' && snapshot.phase !== 'ended') return <PageLoading />;
  if (snapshot.phase === 'failed') return <Failed client={client} snapshot={snapshot} />;
  if (!snapshot.call) return <Ended id={id} snapshot={snapshot} />;
  return <LiveCall client={client} snapshot={snapshot} call={snapshot.call} />;
}

function Failed({ client, snapshot }: { client: CallClient; snapshot: CallSnapshot }) {
  const t = useText();
  const language = useLanguage();
  const navigate = useNavigate();
  return (
    <Result
      status="warning"
      title={t('live.failed')}
      subTitle={errorText(snapshot.error, language)}
      data-testid="live-failed"
      extra={[
        <Button key="retry" type="primary" onClick={() => client.join()}>
          {t('common.retry')}
        </Button>,
        <Button key="back" onClick={() => void navigate('/today')}>
          {t('common.back')}
        </Button>,
      ]}
    />
  );
}

/** Opened when the call was over already. */
function Ended({ id, snapshot }: { id: CallId; snapshot: CallSnapshot }) {
  const t = useText();
  const reason = snapshot.ended?.reason;
  return (
    <Result
      status="info"
      title={reason ? t('live.ended', { reason: t(`reason.${reason}`) }) : t('state.ended')}
      extra={
        <Link to={`/finished/${id}`}>
          <Button type="primary">{t('live.toDetail')}</Button>
        </Link>
      }
    />
  );
}

function LiveCall({ client, snapshot, call }: { client: CallClient; snapshot: CallSnapshot; call: CallView }) {
  const t = useText();
  const beep = useBeep(client);
  const { health, transcript, alerts } = snapshot;
  const toSegment = useCallback(({ segmentId }: { segmentId: string }) => {
    document.querySelector(`[data-segment="${CSS.escape(segmentId)}"]`)?.scrollIntoView({ block: 'center', behavior: 'smooth' });
  }, []);
  return (
    <main className="live" data-testid="live" data-phase={snapshot.phase}>
      <CallBar client={client} snapshot={snapshot} call={call} />
      <Banners snapshot={snapshot} call={call} />
      <div className="live-main">
        <div className="live-left">
          <Pictures client={client} snapshot={snapshot} call={call} />
          <Controls client={client} snapshot={snapshot} />
          <TranscriptPanel
            segments={transcript}
            alerts={alerts}
            trial={health?.speechTrial || transcript.some((segment) => segment.trial)}
            title={t('live.transcript')}
            empty={t('live.noTranscript')}
            follow
          />
        </div>
        <div className="live-right">
          <PictureWarnings client={client} snapshot={snapshot} call={call} />
          <AlertsPanel
            callId={call.id}
            live={call.state !== 'ended'}
            alerts={alerts}
            beep={beep}
            empty={t('live.noAlerts')}
            onPick={toSegment}
          />
        </div>
      </div>
    </main>
  );
}

function CallBar({ client, snapshot, call }: { client: CallClient; snapshot: CallSnapshot; call: CallView }) {
  const t = useText();
  const { quality } = snapshot;
  return (
    <div className="call-bar">
      <Link to="/today" aria-label={t('common.back')} className="call-bar-back">
        <ArrowLeftOutlined />
      </Link>
      <div className="call-bar-who">
        <b>
          {call.inmateName} — {call.familyName}
        </b>
        <small className="muted">
          {call.relation} · {call.roomName} · {t('live.monitorOnly')}
        </small>
      </div>
      <StateTag state={call.state} />
      {snapshot.phase !== 'ended' && <HealthBadges health={snapshot.health} />}
      <span className="muted call-bar-line" data-testid="quality">
        {t('live.quality')} {quality ? t(`live.grade.${quality.grade}`) : '—'}
        {quality?.rttMs !== null && quality?.rttMs !== undefined && <span className="digits"> {quality.rttMs} ms</span>}
      </span>
      <Remaining client={client} />
    </div>
  );
}

function Banners({ snapshot, call }: { snapshot: CallSnapshot; call: CallView }) {
  const t = useText();
  const { phase, ended, health } = snapshot;
  if (phase === 'ended') {
    const reason = ended?.reason ? t(`reason.${ended.reason}`) : t('state.ended');
    const title = t('live.ended', { reason: ended?.note ? t('common.bracketed', { text: reason, more: ended.note }) : reason });
    return (
      <Alert
        type="info"
        banner
        title={title}
        data-testid="ended-banner"
        action={
          <Link to={`/finished/${call.id}`}>
            <Button size="small">{t('live.toDetail')}</Button>
          </Link>
        }
      />
    );
  }
  // Without a line nothing else is known for sure.
  if (phase === 'reconnecting') return <Alert type="warning" banner title={t('live.reconnecting')} data-testid="reconnecting" />;
  return (
    <>
      <HealthBanner health={health} />
      {call.hold && (
        <Alert type="warning" banner title={t(call.hold === 'officer' ? 'live.held' : 'live.heldByRecording')} data-testid="hold-notice" />
      )}
    </>
  );
}

const GONE = { inmate: null, family: null };

function Pictures({ client, snapshot, call }: { client: CallClient; snapshot: CallSnapshot; call: CallView }) {
  const { tracks, mask, phase } = snapshot;
  const of = useMemo(() => {
    const byRole: Record<Role, RemoteTrack[]> = { inmate: [], family: [], officer: [] };
    for (const track of tracks) byRole[track.role].push(track);
    return byRole;
  }, [tracks]);
  const { inmate, family } = call.state === 'ended' ? GONE : call.parties;
  const holdOf = (party: Party) =>
    call.state !== 'ended' &&
    call.liveSince !== null && (
      <PictureHold client={client} party={party} held={call.pictureHolds.includes(party)} disabled={phase !== 'joined'} />
    );
  return (
    <div className="pictures">
      <VideoTile role="inmate" name={call.inmateName} presence={inmate} tracks={of.inmate}>
        {mask && inmate === 'present' && <MaskBadge mask={mask} />}
        {holdOf('inmate')}
      </VideoTile>
      <VideoTile role="family" name={call.familyName} presence={family} tracks={of.family}>
        {holdOf('family')}
      </VideoTile>
      {of.officer.length > 0 && <OfficerTile tracks={of.officer} />}
    </div>
  );
}
