import { errorText } from '@qinqiao/client-sdk';
import { FACE_CHECK_REASONS, type FaceCheckView, type SessionView } from '@qinqiao/contracts';
import { useEffect } from 'react';
import { VideoBox } from '../components/video-box.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { logOut } from '../session/api.ts';
import { tablet } from '../session/session.ts';
import { useFaceCheck } from './use-face-check.ts';
import './face.css';

/** The second step of a log-in: the inmate looks into the camera and turns the head as the server asks. */
export function FaceScreen({ session }: { session: SessionView }) {
  const t = useText();
  const language = useLanguage();
  const { video, snapshot, deviceError, again } = useFaceCheck();
  const { check, done } = snapshot;
  useEffect(() => {
    if (done) tablet.logIn({ ...session, todo: [] });
  }, [done, session]);
  const problem = deviceError ?? snapshot.error;
  const over = check !== null && ['failed', 'refused', 'expired'].includes(check.state);
  return (
    <main className="screen face">
      <VideoBox video={video} className="face-picture" testId="face-video" mirrored>
        <i className={check?.state === 'open' && !check.problem ? 'face-outline is-good' : 'face-outline'} aria-hidden />
      </VideoBox>
      <section className="card face-side">
        <h1>{t('face.title', { name: session.name })}</h1>
        {problem ? (
          <p className="face-problem" role="alert" data-testid="face-problem">
            {errorText(problem, language)}
          </p>
        ) : (
          <Told check={check} />
        )}
        {check && check.state === 'open' && <Steps check={check} />}
        <span className="face-space" />
        {(over || deviceError !== null) && (
          <button type="button" className="primary" onClick={again} data-testid="face-again">
            {t('face.again')}
          </button>
        )}
        <button type="button" className="quiet" onClick={() => void logOut()} data-testid="face-leave">
          {t('logout')}
        </button>
      </section>
    </main>
  );
}

/** What is to be done now, or what came of it. */
function Told({ check }: { check: FaceCheckView | null }) {
  const t = useText();
  const language = useLanguage();
  if (!check) return <p className="face-told">{t('face.starting')}</p>;
  if (check.state === 'open') {
    const pose = check.steps[check.done] ?? 'centre';
    const told = t(`face.pose.${pose}`);
    const problem = check.problem?.[language] ?? '';
    return (
      <>
        <p className="face-told" data-testid="face-told" data-pose={pose}>
          {told}
        </p>
        <p className="face-hint" role="status" data-testid="face-hint">
          {problem === told ? '' : problem}
        </p>
      </>
    );
  }
  return (
    <>
      <p className="face-told" role="status" data-testid="face-state" data-state={check.state}>
        {t(`face.state.${check.state}`)}
      </p>
      {check.reason && check.state !== 'passed' && <p className="face-hint">{FACE_CHECK_REASONS[check.reason][language]}</p>}
    </>
  );
}

function Steps({ check }: { check: FaceCheckView }) {
  return (
    <ol className="face-steps" aria-hidden>
      {check.steps.map((pose, index) => (
        <li key={`${index}-${pose}`} className={index < check.done ? 'is-done' : index === check.done ? 'is-now' : ''}>
          {index < check.done ? '✓' : index + 1}
        </li>
      ))}
    </ol>
  );
}
