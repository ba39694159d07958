import { type CallClient, errorText, formatCountdown } from '@qinqiao/client-sdk';
import type { MediaKind, Role } from '@qinqiao/contracts';
import { useState } from 'react';
import { clockTime } from '../components/times.ts';
import { useTick } from '../components/use-tick.ts';
import { VideoBox } from '../components/video-box.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { MaskLine } from './mask-line.tsx';
import { NoticeLine } from './notice-line.tsx';
import { overlayOf } from './overlay.ts';
import type { CallInHand } from './use-call.ts';
import { Watermark } from './watermark.tsx';

/** The call itself. */
export function Room({ call, onBack }: { call: CallInHand; onBack: () => void }) {
  const t = useText();
  const language = useLanguage();
  const [asking, setAsking] = useState(false);
  const { client, snapshot, local, mask } = call;
  const problem = snapshot.localProblem ?? call.deviceError;
  const track = (role: Role, kind: MediaKind) => snapshot.tracks.find((one) => one.role === role && one.kind === kind)?.track ?? null;
  const officerHere = snapshot.tracks.some((one) => one.role === 'officer');
  const leave = () => {
    if (snapshot.call?.liveSince) setAsking(true);
    else void client.leave().then(onBack, onBack);
  };
  return (
    <main className="room" data-testid="room" data-phase={snapshot.phase}>
      <VideoBox
        video={track('family', 'video')}
        audio={track('family', 'audio')}
        role="family"
        className="room-remote"
        testId="remote-video"
      />
      {snapshot.call && <Watermark name={snapshot.call.inmateName} clock={client.clock} />}
      <Overlay call={call} />
      <VideoBox video={local.video} className="room-self" testId="self-video" mirrored upright={mask.state !== 'masked'}>
        <MaskLine mask={mask} />
      </VideoBox>
      {officerHere && (
        <VideoBox
          video={track('officer', 'video')}
          audio={track('officer', 'audio')}
          role="officer"
          className={track('officer', 'video') ? 'room-officer' : 'sound-only'}
          testId="officer-media"
        />
      )}
      <TopBar call={call} />
      <div className="room-messages">
        {snapshot.call?.officerSpeaking && (
          <div className="officer-speaking" role="status" data-testid="officer-speaking">
            {t('call.officerSpeaking')}
          </div>
        )}
        {snapshot.call?.pictureHolds.includes('inmate') && (
          <div className="room-problem" role="status" data-testid="own-picture-held">
            {t('call.ownPictureHeld')}
          </div>
        )}
        <NoticeLine notices={snapshot.notices} />
        {problem !== null && (
          <div className="room-problem" role="alert" data-testid="device-problem">
            {errorText(problem, language)}
          </div>
        )}
      </div>
      <button
        type="button"
        className={snapshot.call?.liveSince ? 'danger room-leave' : 'quiet room-leave'}
        onClick={leave}
        data-testid="leave-call"
      >
        {t(snapshot.call?.liveSince ? 'call.leave' : 'call.leaveWaiting')}
      </button>
      {asking && <LeaveQuestion client={client} onStay={() => setAsking(false)} />}
    </main>
  );
}

function TopBar({ call: { client, snapshot } }: { call: CallInHand }) {
  const t = useText();
  useTick(250);
  const remaining = client.remainingMs();
  const grade = snapshot.quality?.grade ?? 'unknown';
  return (
    <header className="room-top">
      <b>{snapshot.call ? `${snapshot.call.familyName} · ${snapshot.call.relation}` : ''}</b>
      <span className="room-recorded">{t('call.recorded')}</span>
      <span className={`room-line is-${grade}`}>{t(`call.line.${grade}`)}</span>
      <span className={remaining !== null && remaining < 60_000 ? 'room-time is-last' : 'room-time'}>
        <small>{t('call.remaining')}</small>
        <b data-testid="remaining">{remaining === null ? '--:--' : formatCountdown(remaining)}</b>
      </span>
    </header>
  );
}

/** What stands in place of the picture when there is none to be seen. */
function Overlay({ call: { snapshot } }: { call: CallInHand }) {
  const t = useText();
  const language = useLanguage();
  const overlay = overlayOf(snapshot);
  if (!overlay) return null;
  const held = overlay === 'holdOfficer' || overlay === 'holdRecording' || overlay === 'pictureHeld';
  const time = snapshot.call ? clockTime(snapshot.call.startsAt, language) : '';
  return (
    <div
      className={held ? 'room-overlay is-held' : 'room-overlay spinner'}
      role="status"
      data-testid={held ? 'hold-notice' : overlay === 'reconnecting' ? 'reconnecting' : 'call-phase'}
    >
      <p>{t(`call.${overlay}`, { time })}</p>
    </div>
  );
}

function LeaveQuestion({ client, onStay }: { client: CallClient; onStay: () => void }) {
  const t = useText();
  const language = useLanguage();
  const [problem, setProblem] = useState<unknown>(null);
  return (
    <div className="question">
      <div className="card" role="alertdialog" aria-modal="true" aria-label={t('call.leaveAsk')}>
        <p>{t('call.leaveAsk')}</p>
        {problem !== null && <p className="question-problem">{errorText(problem, language)}</p>}
        <div>
          <button type="button" className="quiet" onClick={onStay} autoFocus>
            {t('call.leaveNo')}
          </button>
          <button type="button" className="danger" onClick={() => void client.leave().catch(setProblem)} data-testid="leave-confirm">
            {t('call.leaveYes')}
          </button>
        </div>
      </div>
    </div>
  );
}
