import { formatDuration } from '@qinqiao/client-sdk';
import type { Peaks, RecordingView, Stretch } from '@qinqiao/contracts';
import { Tooltip } from 'antd';
import { type MouseEvent, useEffect, useRef, useState } from 'react';
import { participantName } from '../../finished/participant-name.ts';
import { useText } from '../../i18n/index.ts';
import type { Thumbnails } from '../use-conversation.ts';
import type { Mark } from './marks.ts';
import type { Playback } from './playback.ts';
import { Waveform } from './waveform.tsx';

interface Props {
  playback: Playback;
  range: Stretch;
  peaks: readonly Peaks[];
  marks: readonly Mark[];
  gaps: RecordingView['gaps'];
  heard: readonly Stretch[];
  silences: readonly Stretch[];
  thumbnails: Thumbnails | null;
  onSeek: (ms: number) => void;
}

/** The conversation from its beginning to its end: voices, what happened, what was heard, and where the player is. */
export function Timeline({ playback, range, peaks, marks, gaps, heard, silences, thumbnails, onSeek }: Props) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  const [hover, setHover] = useState<number | null>(null);
  const length = Math.max(1, range.toMs - range.fromMs);
  const share = (ms: number) => `${Math.min(100, Math.max(0, ((ms - range.fromMs) / length) * 100))}%`;
  const place = ({ fromMs, toMs }: Stretch) => ({ left: share(fromMs), right: `calc(100% - ${share(toMs)})` });
  const msAt = (event: MouseEvent) => {
    const { left, width } = (box.current as HTMLDivElement).getBoundingClientRect();
    return range.fromMs + Math.min(1, Math.max(0, (event.clientX - left) / width)) * length;
  };
  return (
    <div className="player-line">
      <div className="player-marks">
        {marks.map((mark) => (
          <Tooltip key={mark.key} title={`${formatDuration(mark.atMs)} ${t(`relistening.markKinds.${mark.kind}`)} · ${mark.label}`}>
            <button
              type="button"
              className={`player-mark mark-${mark.kind}${mark.severe ? ' is-severe' : ''}`}
              style={{ left: share(mark.atMs) }}
              aria-label={`${formatDuration(mark.atMs)} ${mark.label}`}
              onClick={() => onSeek(mark.atMs - (mark.kind === 'word' ? 3000 : 0))}
              data-testid="player-mark"
              data-kind={mark.kind}
            />
          </Tooltip>
        ))}
      </div>
      <div
        ref={box}
        className="player-waves"
        role="presentation"
        aria-label={t('relistening.player.line')}
        data-testid="player-line"
        onClick={(event) => onSeek(msAt(event))}
        onMouseMove={(event) => setHover(msAt(event))}
        onMouseLeave={() => setHover(null)}
      >
        {peaks.length === 0 && <i className="plain-line" />}
        {peaks.map((one) => (
          <div key={one.participant} className={`player-voice wave-${one.participant}`} data-testid="waveform">
            <Waveform peaks={one} range={range} />
            <small className={`speaker-${one.participant}`}>{participantName(t, one.participant)}</small>
          </div>
        ))}
        {silences.map((stretch) => (
          <i key={stretch.fromMs} className="line-silence" style={place(stretch)} />
        ))}
        {gaps.map((gap) => (
          <i key={`${gap.participant}-${gap.kind}-${gap.fromMs}`} className="line-gap" style={place(gap)} />
        ))}
        <Playhead playback={playback} range={range} />
        {hover !== null && <Hover ms={hover} left={share(hover)} thumbnails={thumbnails} />}
      </div>
      <div className="player-heard">
        {heard.map((stretch) => (
          <i key={stretch.fromMs} style={place(stretch)} />
        ))}
      </div>
    </div>
  );
}

/** Moves with each drawing of the screen, without React. */
function Playhead({ playback, range }: Pick<Props, 'playback' | 'range'>) {
  const ref = useRef<HTMLElement>(null);
  useEffect(() => {
    let frame = 0;
    const draw = () => {
      const at = (playback.ms - range.fromMs) / Math.max(1, range.toMs - range.fromMs);
      if (ref.current) ref.current.style.left = `${Math.min(100, Math.max(0, at * 100))}%`;
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => cancelAnimationFrame(frame);
  }, [playback, range]);
  return <b ref={ref} className="playhead" />;
}

function Hover({ ms, left, thumbnails }: { ms: number; left: string; thumbnails: Thumbnails | null }) {
  const tile = thumbnails && tileAt(thumbnails, ms);
  return (
    <div className="line-hover" style={{ left }} data-testid="line-hover">
      {tile && <span className="line-thumbnail" style={tile} data-testid="thumbnail" />}
      <span className="digits">{formatDuration(ms)}</span>
    </div>
  );
}

function tileAt({ url, tileWidth, tileHeight, columns, count, everyMs }: Thumbnails, ms: number) {
  const index = Math.min(count - 1, Math.max(0, Math.floor(ms / everyMs)));
  const [x, y] = [(index % columns) * tileWidth, Math.floor(index / columns) * tileHeight];
  return { width: tileWidth, height: tileHeight, backgroundImage: `url("${url}")`, backgroundPosition: `-${x}px -${y}px` };
}
