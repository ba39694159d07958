import { errorText, FaceCheckRun, type LocalMedia } from '@qinqiao/client-sdk';
import { type CallId, FACE_CHECK_REASONS, type FaceCheckView, type QinqiaoError } from '@qinqiao/contracts';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { language } from '../i18n';
import { api } from '../state/session';
import { useLocalTracks } from './device-check';
import { VideoBox } from './video-box';
import './face-gate.scss';

interface FaceGateProps {
  callId: string;
  media: LocalMedia;
  problem: QinqiaoError | null;
  onRetry: () => void;
  onDone: () => void;
  onBack: () => void;
}

/** Before a call: one looks into the camera and turns the head as the server asks; it compares with the pictures it keeps. */
export function FaceGate({ callId, media, problem, onRetry, onDone, onBack }: FaceGateProps) {
  const { t } = useTranslation();
  const { video } = useLocalTracks(media);
  const { check, done, error, again } = useFaceCheck(callId, video);
  useEffect(() => {
    if (done) onDone();
  }, [done, onDone]);
  const wrong = problem ?? error;
  const over = check !== null && ['failed', 'refused', 'expired'].includes(check.state);
  return (
    <div className="check face-gate">
      <header className="bar">
        <button type="button" className="bar-back" onClick={onBack}>
          ‹ {t('call.back')}
        </button>
        <span>{t('face.title')}</span>
      </header>
      <div className="face-stage">
        <VideoBox className="check-picture" testId="face-video" tracks={[video]} muted mirrored />
        <i className={check?.state === 'open' && !check.problem ? 'face-outline is-good' : 'face-outline'} aria-hidden />
      </div>
      {wrong ? (
        <div className="problem" role="alert" data-testid="face-problem">
          {errorText(wrong, language())}
          {problem ? (
            <button type="button" className="problem-retry" onClick={onRetry}>
              {t('retry')}
            </button>
          ) : null}
        </div>
      ) : (
        <Told check={check} />
      )}
      <p className="check-tip">{t('face.tip')}</p>
      {over ? (
        <button type="button" className="primary" data-testid="face-again" onClick={again}>
          {t('face.again')}
        </button>
      ) : null}
    </div>
  );
}

/** What is to be done now, or what came of it. Read aloud as it changes. */
function Told({ check }: { check: FaceCheckView | null }) {
  const { t } = useTranslation();
  if (!check) return <p className="face-told">{t('face.starting')}</p>;
  const open = check.state === 'open';
  const pose = check.steps[check.done] ?? 'centre';
  const told = t(open ? `face.pose.${pose}` : `face.state.${check.state}`);
  const problem = check.problem?.[language()];
  const hint = open
    ? problem !== told && problem
    : check.reason && check.state !== 'passed' && FACE_CHECK_REASONS[check.reason][language()];
  return (
    <div role="status" aria-live="polite">
      <p className="face-told" data-testid="face-told" data-state={check.state} data-pose={open ? pose : ''}>
        {told}
      </p>
      {open ? (
        <p className="face-step">{t('face.step', { now: Math.min(check.done + 1, check.steps.length), all: check.steps.length })}</p>
      ) : null}
      <p className="face-hint" data-testid="face-hint">
        {hint || ''}
      </p>
    </div>
  );
}

/** The check of one call with this camera. */
function useFaceCheck(callId: string, video: MediaStreamTrack | null) {
  const [run] = useState(() => new FaceCheckRun({ api, callId: callId as CallId }));
  useEffect(() => {
    run.start();
    return () => run.stop();
  }, [run]);
  useEffect(() => {
    run.look(video);
    return () => run.look(null);
  }, [run, video]);
  const snapshot = useSyncExternalStore(
    (changed) => run.on('change', changed),
    () => run.snapshot,
  );
  return { ...snapshot, again: () => run.start() };
}
