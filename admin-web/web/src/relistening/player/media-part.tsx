import type { RecordingFile } from '@qinqiao/contracts';
import { useEffect, useRef } from 'react';
import type { Playback } from './playback.ts';

interface Props {
  file: RecordingFile;
  playback: Playback;
  /** Gives the time; all others follow it. */
  lead: boolean;
  muted: boolean;
  /** 0…1 */
  volume: number;
}

/** One file of the conversation, as a part of the whole that is played. */
export function MediaPart({ file, playback, lead, muted, volume }: Props) {
  const ref = useRef<HTMLVideoElement & HTMLAudioElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    return lead ? playback.lead(element, file) : playback.follower(file.name, element, file);
  }, [playback, file, lead]);
  useEffect(() => {
    if (ref.current) ref.current.volume = volume;
  }, [volume]);
  const attributes = { ref, src: file.url, preload: 'auto', muted, 'data-file': file.name } as const;
  if (file.kind === 'audio') return <audio {...attributes} />;
  return <video {...attributes} playsInline data-testid={file.kind === 'combined' ? 'player' : 'player-track'} />;
}
