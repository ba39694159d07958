import { PlayCircleFilled, ReloadOutlined, SoundOutlined } from '@ant-design/icons';
import type { RecordingFile } from '@qinqiao/contracts';
import { Alert, Button, Spin } from 'antd';
import { participantName } from '../../finished/participant-name.ts';
import { useText } from '../../i18n/index.ts';
import { MediaPart } from './media-part.tsx';
import { levelOf, type Mix, type Parts } from './mix.ts';
import type { Playback, PlaybackState } from './playback.ts';

interface Props {
  parts: Parts;
  mix: Mix;
  playback: Playback;
  state: PlaybackState;
  /** Counts how often the files were loaded again. */
  attempt: number;
  onReload: () => void;
}

/** The pictures, with the sounds that are played beside them. */
export function Stage({ parts, mix, playback, state, attempt, onReload }: Props) {
  const t = useText();
  const { lead, followers, apart } = parts;
  const all = lead ? [lead, ...followers] : [];
  const pictures = all.filter(({ kind }) => kind !== 'audio');
  const part = (file: RecordingFile) => {
    const { volume, muted } = levelOf(mix, file.participant);
    const silent = file.kind === 'audio' ? muted : file.kind === 'video' || apart;
    return (
      <MediaPart
        key={`${file.url} ${attempt}`}
        file={file}
        playback={playback}
        lead={file === lead}
        muted={silent}
        volume={file.kind === 'audio' ? volume : 1}
      />
    );
  };
  return (
    <div
      className={`stage stage-${Math.min(pictures.length, 3)}`}
      data-testid="stage"
      data-playing={state.playing}
      data-problem={state.problem ?? ''}
    >
      {pictures.map((file) => (
        <figure key={file.name} onClick={() => playback.toggle()}>
          {part(file)}
          {file.kind === 'video' && (
            <figcaption className={`speaker-${file.participant}`}>{participantName(t, file.participant)}</figcaption>
          )}
        </figure>
      ))}
      {all.filter(({ kind }) => kind === 'audio').map(part)}
      {lead && all.every(({ mimeType }) => mimeType.startsWith('audio/')) && (
        <p className="stage-note stage-sound" data-testid="sound-only">
          <SoundOutlined />
          {t('relistening.player.soundOnly')}
        </p>
      )}
      {!lead && <p className="stage-note">{t('relistening.player.noFiles')}</p>}
      {state.waiting && state.playing && <Spin className="stage-over" description={t('relistening.player.waiting')} />}
      {state.problem === 'blocked' && (
        <Button
          className="stage-over"
          size="large"
          type="primary"
          icon={<PlayCircleFilled />}
          onClick={() => void playback.play()}
          data-testid="click-to-play"
        >
          {t('relistening.player.click')}
        </Button>
      )}
      {state.problem === 'failed' && (
        <Alert
          type="error"
          showIcon
          className="stage-over"
          title={t('relistening.player.failed')}
          data-testid="player-failed"
          action={
            <Button size="small" icon={<ReloadOutlined />} onClick={onReload}>
              {t('relistening.player.again')}
            </Button>
          }
        />
      )}
    </div>
  );
}
