import { attachTracks } from '@qinqiao/client-sdk';
import type { Role } from '@qinqiao/contracts';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useText } from '../i18n/index.ts';

interface VideoBoxProps {
  video: MediaStreamTrack | null;
  /** Heard too; none for one's own picture. */
  audio?: MediaStreamTrack | null;
  role?: Role;
  className: string;
  testId: string;
  /** One's own picture is shown as in a mirror. */
  mirrored?: boolean;
  /** Not mirrored after all, as there is something to read in it. */
  upright?: boolean;
  /** Shown over the picture. */
  children?: ReactNode;
}

export function VideoBox({ video, audio = null, role, className, testId, mirrored = false, upright = false, children }: VideoBoxProps) {
  const t = useText();
  const ref = useRef<HTMLVideoElement>(null);
  const [blocked, setBlocked] = useState(false);
  useEffect(() => {
    if (ref.current) attachTracks(ref.current, [video, audio], () => setBlocked(true));
  }, [video, audio]);
  const play = () => {
    setBlocked(false);
    ref.current?.play().catch(() => setBlocked(true));
  };
  return (
    <div className={className}>
      <video
        ref={ref}
        className={mirrored && !upright ? 'is-mirrored' : ''}
        muted={mirrored}
        autoPlay
        playsInline
        data-testid={testId}
        data-role={role}
      />
      {children}
      {blocked && (
        <button type="button" className="play-blocked" onClick={play}>
          {t('call.tapToHear')}
        </button>
      )}
    </div>
  );
}
