import { formatDuration } from '@qinqiao/client-sdk';
import type { RecordingFile, RecordingView, WordAlert } from '@qinqiao/contracts';
import { Alert, Button, Tooltip } from 'antd';
import { type Ref, useState } from 'react';
import { useText } from '../i18n/index.ts';
import { fileTime } from './timeline.ts';

interface PlayerProps {
  file: RecordingFile;
  alerts: WordAlert[];
  gaps: RecordingView['gaps'];
  ref: Ref<HTMLVideoElement>;
  onTime: (callMs: number) => void;
  onSeek: (callMs: number) => void;
  onRenew: () => void;
}

/** The combined file, and below it where its alerts and gaps lie. */
export function Player({ file, alerts, gaps, ref, onTime, onSeek, onRenew }: PlayerProps) {
  const t = useText();
  const [failed, setFailed] = useState(false);
  const renew = () => {
    setFailed(false);
    onRenew();
  };
  return (
    <section className="panel player">
      <video
        ref={ref}
        src={file.url}
        controls
        playsInline
        preload="metadata"
        data-testid="player"
        onTimeUpdate={(event) => onTime(event.currentTarget.currentTime * 1000 + file.startMs)}
        onError={() => setFailed(true)}
      />
      {failed && (
        <Alert
          type="error"
          banner
          title={t('detail.playFailed')}
          action={
            <Button size="small" onClick={renew}>
              {t('detail.refresh')}
            </Button>
          }
        />
      )}
      <Marks file={file} alerts={alerts} gaps={gaps} onSeek={onSeek} />
    </section>
  );
}

function Marks({ file, alerts, gaps, onSeek }: Pick<PlayerProps, 'file' | 'alerts' | 'gaps' | 'onSeek'>) {
  const share = (ms: number) => `${(fileTime(ms, file) / Math.max(file.durationS, 0.001)) * 100}%`;
  return (
    <div className="marks">
      {gaps.map((gap) => (
        <i
          key={`${gap.participant}-${gap.kind}-${gap.fromMs}`}
          className="mark-gap"
          style={{ left: share(gap.fromMs), right: `calc(100% - ${share(gap.toMs)})` }}
        />
      ))}
      {alerts
        .filter((alert) => alert.state !== 'unconfirmed')
        .map((alert) => (
          <Tooltip key={alert.id} title={`${formatDuration(alert.atMs)} ${alert.word}`}>
            <button
              type="button"
              className={`mark-alert level-${alert.level}`}
              style={{ left: share(alert.atMs) }}
              aria-label={`${formatDuration(alert.atMs)} ${alert.word}`}
              onClick={() => onSeek(alert.atMs - 3000)}
            />
          </Tooltip>
        ))}
    </div>
  );
}
