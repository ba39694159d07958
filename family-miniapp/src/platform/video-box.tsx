import { attachTracks } from '@qinqiao/client-sdk';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface VideoBoxProps {
  tracks: (MediaStreamTrack | null)[];
  className: string;
  testId: string;
  role?: string;
  muted?: boolean;
  mirrored?: boolean;
}

/** A picture (with sound unless muted). Where the browser wants a tap first, it asks for one. */
export function VideoBox({ tracks, className, testId, role, muted = false, mirrored = false }: VideoBoxProps) {
  const { t } = useTranslation();
  const element = useRef<HTMLVideoElement>(null);
  const [blocked, setBlocked] = useState(false);
  useEffect(() => {
    if (element.current) attachTracks(element.current, tracks, () => setBlocked(true));
  });
  const play = () => {
    void element.current?.play().then(() => setBlocked(false));
  };
  return (
    <div className={className}>
      {/* biome-ignore lint/a11y/useMediaCaption: a live call has no captions */}
      <video
        ref={element}
        className={mirrored ? 'picture mirrored' : 'picture'}
        data-testid={testId}
        data-role={role}
        autoPlay
        playsInline
        muted={muted}
        webkit-playsinline="true"
        x5-playsinline="true"
      />
      {blocked ? (
        <button type="button" className="tap-to-play" onClick={play}>
          {t('call.tapToPlay')}
        </button>
      ) : null}
    </div>
  );
}
