import { errorText, formatCountdown } from '@qinqiao/client-sdk';
import type { CallId, CallSummary, MaskReport } from '@qinqiao/contracts';
import { useEffect, useState } from 'react';
import { useTick } from '../components/use-tick.ts';
import { VideoBox } from '../components/video-box.tsx';
import { type Translate, useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { MaskLine } from './mask-line.tsx';
import type { CallInHand } from './use-call.ts';
import { useLevel, useNetwork } from './use-checks.ts';

const WAIT_MS = 3000;

interface CheckScreenProps {
  id: CallId;
  call: CallInHand;
  onEnter: () => void;
  onBack: () => void;
}

/** The waiting room: one's own picture, and whether camera, microphone and network will do. */
export function CheckScreen({ id, call, onEnter, onBack }: CheckScreenProps) {
  const t = useText();
  const language = useLanguage();
  const { local, mask, deviceError, openDevices } = call;
  const summary = useSummary(id);
  // Where nothing can be masked, no picture is sent, and one talks without.
  const ready = local.audio !== null && (local.video !== null || mask.fault === 'unsupported');
  return (
    <main className="screen check">
      <VideoBox video={local.video} className="check-picture" testId="self-video" mirrored upright={mask.state !== 'masked'}>
        <MaskLine mask={mask} />
      </VideoBox>
      <section className="card check-side">
        <h1>{t('check.title')}</h1>
        {summary && <Waiting summary={summary} />}
        {deviceError === null ? (
          <CheckList call={call} />
        ) : (
          <div className="check-problem" role="alert" data-testid="device-problem">
            <p>{errorText(deviceError, language)}</p>
            <button type="button" className="quiet" onClick={openDevices}>
              {t('retry')}
            </button>
          </div>
        )}
        <p className="check-tip">{t('check.tip')}</p>
        <button type="button" className="primary" disabled={!ready} onClick={onEnter} data-testid="join-call">
          {t('check.join')}
        </button>
        <button type="button" className="quiet" onClick={onBack} data-testid="check-back">
          {t('back')}
        </button>
      </section>
    </main>
  );
}

/** Whose call it is, how long until it begins, and whether the other side is there. */
function Waiting({ summary }: { summary: CallSummary }) {
  const t = useText();
  useTick(1000);
  const { familyName, relation, startsAt, parties } = summary;
  const until = api.clock.until(startsAt);
  const other = parties.family === 'present' ? 'otherHere' : parties.family === 'absent' ? 'otherAbsent' : 'otherAway';
  return (
    <div className="check-with">
      <p>{t('check.with', { name: familyName, relation })}</p>
      <p data-testid="check-countdown">{until > 0 ? t('check.startsIn', { time: formatCountdown(until) }) : t('check.started')}</p>
      <p className={`check-other is-${other}`} data-testid="check-other" data-presence={parties.family}>
        {t(`check.${other}`)}
      </p>
    </div>
  );
}

function CheckList({ call: { local, mask } }: { call: CallInHand }) {
  const t = useText();
  const level = useLevel(local.audio);
  const [heard, setHeard] = useState(false);
  if (level > 0.3 && !heard) setHeard(true);
  const network = useNetwork();
  const line = network === 'failed' ? t('check.offline') : network ? `${t(`check.${network.grade}`)} ${network.rttMs} ms` : t('check.wait');
  const grade = network === 'failed' ? 'poor' : (network?.grade ?? 'wait');
  return (
    <ul className="check-list">
      <CheckItem name={t('check.camera')} {...cameraItem(local.video, mask, t)} />
      <CheckItem
        name={t('check.microphone')}
        grade={heard ? 'good' : 'wait'}
        text={t(!local.audio ? 'check.wait' : heard ? 'check.ok' : 'check.quiet')}
        level={level}
      />
      <CheckItem name={t('check.network')} grade={grade} text={line} />
    </ul>
  );
}

/** The camera is well when its masked picture is; black is not hidden behind a tick. */
function cameraItem(video: MediaStreamTrack | null, { state, fault }: MaskReport, t: Translate): Pick<CheckItemProps, 'grade' | 'text'> {
  if (fault === 'unsupported') return { grade: 'poor', text: t('mask.soundOnly') };
  if (!video || state === 'starting') return { grade: 'wait', text: t('check.wait') };
  return state === 'masked' ? { grade: 'good', text: t('check.ok') } : { grade: 'poor', text: t('mask.black') };
}

interface CheckItemProps {
  name: string;
  grade: 'good' | 'fair' | 'poor' | 'wait';
  text: string;
  level?: number;
}

function CheckItem({ name, grade, text, level }: CheckItemProps) {
  return (
    <li className={`check-item is-${grade}`}>
      <span>{name}</span>
      <b>{text}</b>
      {level !== undefined && (
        <i className="meter" role="meter" aria-label={name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(level * 100)}>
          <i style={{ transform: `scaleX(${level})` }} />
        </i>
      )}
    </li>
  );
}

/** What the list knows of the call, asked again and again until it is entered; without it the screen does as well. */
function useSummary(id: CallId): CallSummary | null {
  const [summary, setSummary] = useState<CallSummary | null>(null);
  useEffect(() => {
    let over = false;
    const load = async () => {
      const { items } = await api.listCalls({ query: { scope: 'upcoming', limit: 20 } });
      if (!over) setSummary(items.find((item) => item.id === id) ?? null);
    };
    const read = () => void load().catch(() => {});
    read();
    const timer = setInterval(read, WAIT_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [id]);
  return summary;
}
