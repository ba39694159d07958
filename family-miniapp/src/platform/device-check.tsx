import { checkNetwork, errorText, type LocalMedia, type LocalTracks, meterLevel, type NetworkCheck } from '@qinqiao/client-sdk';
import type { CallSummary, QinqiaoError } from '@qinqiao/contracts';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { language } from '../i18n';
import { dayAndTime } from '../state/times';
import { VideoBox } from './video-box';

interface DeviceCheckProps {
  media: LocalMedia;
  call: CallSummary | null;
  problem: QinqiaoError | null;
  onRetry: () => void;
  onEnter: () => void;
  onBack: () => void;
}

/** Camera, microphone and network, seen before one enters. */
export function DeviceCheck({ media, call, problem, onRetry, onEnter, onBack }: DeviceCheckProps) {
  const { t, i18n } = useTranslation();
  const tracks = useLocalTracks(media);
  const level = useLevel(tracks.audio);
  const network = useNetwork();
  const ready = tracks.audio !== null && tracks.video !== null;
  return (
    <div className="check">
      <header className="bar">
        <button type="button" className="bar-back" onClick={onBack}>
          ‹ {t('call.back')}
        </button>
        <span>{t('check.title')}</span>
      </header>
      <VideoBox className="check-picture" testId="self-video" tracks={[tracks.video]} muted mirrored />
      <div className="check-call">
        <strong>{call ? t('withPlain', { name: call.inmateName }) : ''}</strong>
        <span>{call ? dayAndTime(call.startsAt, call.endsAt, i18n.language) : ''}</span>
      </div>
      <ul className="check-list">
        <li>
          <span>{t('check.camera')}</span>
          <b className={tracks.video ? 'good' : ''}>{tracks.video ? t('check.ok') : t('check.wait')}</b>
        </li>
        <li>
          <span>{t('check.microphone')}</span>
          <i className="meter" role="meter" aria-label={t('check.microphone')} aria-valuenow={Math.round(level * 100)}>
            <i style={{ width: `${Math.round(level * 100)}%` }} />
          </i>
          <b className={tracks.audio ? 'good' : ''}>{tracks.audio ? (level > 0.15 ? t('check.ok') : t('check.quiet')) : t('check.wait')}</b>
        </li>
        <li>
          <span>{t('check.network')}</span>
          <b className={network?.grade ?? ''}>{network ? `${t(`check.${network.grade}`)} · ${network.rttMs} ms` : t('check.wait')}</b>
        </li>
      </ul>
      {problem ? (
        <div className="problem" role="alert" data-testid="device-problem">
          {errorText(problem, language())}
          <button type="button" className="problem-retry" onClick={onRetry}>
            {t('retry')}
          </button>
        </div>
      ) : null}
      <p className="check-tip">{t('check.tip')}</p>
      <button type="button" className="primary" data-testid="join-call" disabled={!ready} onClick={onEnter}>
        {t('check.join')}
      </button>
    </div>
  );
}

export function useLocalTracks(media: LocalMedia): LocalTracks {
  return useSyncExternalStore(
    (changed) => media.on('tracks', changed),
    () => media.tracks,
  );
}

/** A camera or microphone that was taken away and is tried again; null while all is well. */
export function useDeviceProblem(media: LocalMedia): QinqiaoError | null {
  const [problem, setProblem] = useState<QinqiaoError | null>(null);
  useEffect(() => media.on('problem', setProblem), [media]);
  return problem;
}

function useLevel(track: MediaStreamTrack | null): number {
  const [level, setLevel] = useState(0);
  useEffect(() => (track ? meterLevel(track, setLevel) : undefined), [track]);
  return level;
}

function useNetwork(): NetworkCheck | null {
  const [check, setCheck] = useState<NetworkCheck | null>(null);
  useEffect(() => {
    let alive = true;
    const measure = () =>
      checkNetwork().then(
        (result) => alive && setCheck(result),
        () => alive && setCheck(null),
      );
    void measure();
    const timer = setInterval(() => void measure(), 8000);
    return () => {
      alive = false;
      clearInterval(timer);
    };
  }, []);
  return check;
}
