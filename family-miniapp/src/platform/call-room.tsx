import { asQinqiaoError, type CallClient, type CallSnapshot, errorText, formatCountdown, type LocalMedia } from '@qinqiao/client-sdk';
import type { CallSummary } from '@qinqiao/contracts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { language } from '../i18n';
import { clockTime } from '../state/times';
import { useDeviceProblem, useLocalTracks } from './device-check';
import { NoticeLine } from './notice-line';
import { useRemaining } from './use-call-snapshot';
import { VideoBox } from './video-box';
import { Watermark } from './watermark';

interface CallRoomProps {
  client: CallClient;
  media: LocalMedia;
  snapshot: CallSnapshot;
  call: CallSummary | null;
  onBack: () => void;
}

/** The call itself: the inmate's picture, one's own, what is said by officers, and the time left. */
export function CallRoom({ client, media, snapshot, call, onBack }: CallRoomProps) {
  const { t } = useTranslation();
  const own = useLocalTracks(media);
  const deviceProblem = useDeviceProblem(media);
  const problem = deviceProblem ?? snapshot.localProblem;
  const remaining = useRemaining(client);
  const [asking, setAsking] = useState(false);
  const of = (role: string, kind: string) => snapshot.tracks.find((track) => track.role === role && track.kind === kind)?.track ?? null;
  const state = useStateText(snapshot);
  const held = Boolean(snapshot.call?.hold) || snapshot.call?.pictureHolds.includes('inmate') === true;
  const leave = () => {
    if (snapshot.call?.liveSince) setAsking(true);
    else void client.leave().then(onBack, onBack);
  };
  return (
    <div className={held ? 'room room-held' : 'room'}>
      <VideoBox className="room-remote" testId="remote-video" role="inmate" tracks={[of('inmate', 'video'), of('inmate', 'audio')]} />
      <Watermark name={snapshot.call?.familyName ?? call?.familyName ?? ''} client={client} />
      <VideoBox className="room-self" testId="self-video" tracks={[own.video]} muted mirrored />
      {snapshot.tracks.some((track) => track.role === 'officer') ? (
        <VideoBox
          className="room-officer"
          testId="officer-media"
          role="officer"
          tracks={[of('officer', 'video'), of('officer', 'audio')]}
        />
      ) : null}
      <header className="room-top">
        <strong>{snapshot.call?.inmateName ?? call?.inmateName}</strong>
        <span className="recorded">{t('call.recorded')}</span>
        <span className="remaining" data-testid="remaining">
          {t('call.remaining')} {remaining === null ? '--:--' : formatCountdown(remaining)}
        </span>
      </header>
      {snapshot.call?.officerSpeaking ? (
        <div className="officer-speaking" role="status" data-testid="officer-speaking">
          {t('call.officerSpeaking')}
        </div>
      ) : null}
      <NoticeLine notices={snapshot.notices} />
      {state ? (
        <div className={`room-state ${held ? 'on-hold' : ''}`} role="status" data-testid={held ? 'hold-notice' : 'call-phase'}>
          {state}
        </div>
      ) : null}
      {snapshot.call?.pictureHolds.includes('family') ? (
        <div className="problem room-problem" role="status" data-testid="own-picture-held">
          {t('call.ownPictureHeld')}
        </div>
      ) : null}
      {problem ? (
        <div className="problem room-problem" role="alert" data-testid="device-problem">
          {errorText(problem, language())}
        </div>
      ) : null}
      <footer className="room-bottom">
        <button type="button" className="hang-up" data-testid="leave-call" onClick={leave}>
          {t('call.leave')}
        </button>
      </footer>
      {asking ? <LeaveQuestion client={client} onStay={() => setAsking(false)} /> : null}
    </div>
  );
}

function LeaveQuestion({ client, onStay }: { client: CallClient; onStay: () => void }) {
  const { t } = useTranslation();
  const [problem, setProblem] = useState<unknown>(null);
  const leave = () => client.leave().catch((error: unknown) => setProblem(asQinqiaoError(error)));
  return (
    <div className="question" role="dialog" aria-modal="true">
      <div>
        <p className="question-text">{t('call.leaveAsk')}</p>
        {problem ? <p className="problem">{errorText(problem, language())}</p> : null}
        <button type="button" className="quiet" onClick={onStay}>
          {t('call.leaveNo')}
        </button>
        <button type="button" className="hang-up" data-testid="leave-confirm" onClick={() => void leave()}>
          {t('call.leaveYes')}
        </button>
      </div>
    </div>
  );
}

/** What stands over the picture when there is none to be seen, in the order of what matters most. */
function useStateText({ phase, call, tracks }: CallSnapshot): string | null {
  const { t } = useTranslation();
  if (phase === 'reconnecting') return t('call.reconnecting');
  if (phase !== 'joined' || !call) return t('call.connecting');
  if (call.hold) return t(call.hold === 'recording' ? 'call.holdRecording' : 'call.holdOfficer');
  if (call.pictureHolds.includes('inmate')) return t('call.pictureHeld');
  if (call.parties.inmate === 'reconnecting') return t('call.otherLost');
  if (call.parties.inmate === 'away') return t('call.otherAway');
  if (call.state === 'open' && call.parties.inmate === 'present') return t('call.beforeStart', { time: clockTime(call.startsAt) });
  if (call.parties.inmate !== 'present') return t('call.waiting');
  return tracks.some((track) => track.role === 'inmate') ? null : t('call.connecting');
}
