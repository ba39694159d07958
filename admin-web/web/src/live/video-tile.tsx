import { AudioMutedOutlined, AudioOutlined, UserOutlined } from '@ant-design/icons';
import { attachTracks, type RemoteTrack } from '@qinqiao/client-sdk';
import type { Presence } from '@qinqiao/contracts';
import { Button, Tooltip } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { PresenceBadge } from '../components/call-badges.tsx';
import { useText } from '../i18n/index.ts';

interface VideoTileProps {
  role: 'inmate' | 'family';
  name: string;
  /** Null when the call is over. */
  presence: Presence | null;
  tracks: RemoteTrack[];
  /** Shown over the picture. */
  children?: ReactNode;
}

/** One side of the call, seen and heard. */
export function VideoTile({ role, name, presence, tracks, children }: VideoTileProps) {
  const t = useText();
  const [muted, setMuted] = useState(false);
  const [blocked, setBlocked] = useState(false);
  const ref = useTracks(tracks, muted || blocked, () => setBlocked(true));
  const picture = tracks.some((one) => one.kind === 'video');
  return (
    <figure className={`tile tile-${role}`}>
      <video ref={ref} data-role={role} data-testid={`video-${role}`} autoPlay playsInline />
      {!picture && (
        <div className="tile-empty">
          <UserOutlined />
          <span>{t(presence === 'absent' ? 'live.waiting' : 'live.noPicture')}</span>
        </div>
      )}
      {children}
      {blocked && (
        <Button className="tile-blocked" type="primary" onClick={() => setBlocked(false)}>
          {t('live.soundBlocked')}
        </Button>
      )}
      <figcaption>
        <b>{name}</b>
        {presence && <PresenceBadge role={role} presence={presence} />}
        <Tooltip title={t(muted ? 'live.unmute' : 'live.mute')}>
          <Button
            size="small"
            type="text"
            className={muted ? 'tile-mute is-muted' : 'tile-mute'}
            aria-label={`${t(muted ? 'live.unmute' : 'live.mute')} ${name}`}
            aria-pressed={muted}
            icon={muted ? <AudioMutedOutlined /> : <AudioOutlined />}
            onClick={() => setMuted(!muted)}
            data-testid={`mute-${role}`}
          />
        </Tooltip>
      </figcaption>
    </figure>
  );
}

/** Another officer who speaks is heard; if he shows himself, he is seen in a corner. */
export function OfficerTile({ tracks }: { tracks: RemoteTrack[] }) {
  const ref = useTracks(tracks, false, () => {});
  const picture = tracks.some((one) => one.kind === 'video');
  return <video ref={ref} data-role="officer" className={picture ? 'officer-tile' : 'sound-only'} autoPlay playsInline />;
}

function useTracks(tracks: RemoteTrack[], muted: boolean, onBlocked: () => void) {
  const ref = useRef<HTMLVideoElement>(null);
  const blockedRef = useRef(onBlocked);
  useEffect(() => {
    blockedRef.current = onBlocked;
  });
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    element.muted = muted;
    attachTracks(
      element,
      tracks.map((one) => one.track),
      () => blockedRef.current(),
    );
  }, [tracks, muted]);
  return ref;
}
