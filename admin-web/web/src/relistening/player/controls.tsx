import {
  AudioMutedOutlined,
  CaretRightFilled,
  PauseOutlined,
  QuestionCircleOutlined,
  SoundOutlined,
  StepBackwardOutlined,
  StepForwardOutlined,
} from '@ant-design/icons';
import { formatDuration } from '@qinqiao/client-sdk';
import { Button, Popover, Segmented, Select, Slider, Switch, Tooltip } from 'antd';
import { participantName } from '../../finished/participant-name.ts';
import { useText } from '../../i18n/index.ts';
import { SPEEDS } from './keys.ts';
import { levelOf, type Mix } from './mix.ts';
import type { Playback, PlaybackState } from './playback.ts';

interface Props {
  playback: Playback;
  state: PlaybackState;
  ms: number;
  endMs: number;
  mode: 'combined' | 'tracks';
  onMode: ((mode: 'combined' | 'tracks') => void) | null;
  speakers: readonly string[];
  mix: Mix;
  onMix: (mix: Mix) => void;
  skip: boolean;
  onSkip: ((skip: boolean) => void) | null;
  onPrevious: (() => void) | null;
  onNext: (() => void) | null;
  onHelp: () => void;
}

export function Controls(props: Props) {
  const { playback, state, ms, endMs, mode, onMode, skip, onSkip, onPrevious, onNext, onHelp } = props;
  const t = useText();
  return (
    <div className="player-controls">
      <Button
        shape="circle"
        aria-label={t('relistening.previous')}
        disabled={!onPrevious}
        icon={<StepBackwardOutlined />}
        onClick={() => onPrevious?.()}
      />
      <Button
        shape="circle"
        type="primary"
        size="large"
        aria-label={t(state.playing ? 'relistening.player.pause' : 'relistening.player.play')}
        icon={state.playing ? <PauseOutlined /> : <CaretRightFilled />}
        onClick={() => playback.toggle()}
        data-testid="play"
        data-state={state.playing ? 'on' : 'off'}
      />
      <Button
        shape="circle"
        aria-label={t('relistening.next')}
        disabled={!onNext}
        icon={<StepForwardOutlined />}
        onClick={() => onNext?.()}
      />
      <span className="digits player-time" data-testid="player-time" data-ms={Math.round(ms)}>
        {formatDuration(ms)} / {formatDuration(endMs)}
      </span>
      <Select
        value={state.speed}
        style={{ width: 84 }}
        aria-label={t('relistening.player.speed')}
        options={SPEEDS.map((value) => ({ value, label: `${value}×` }))}
        onChange={(speed: number) => playback.setSpeed(speed)}
        data-testid="speed"
      />
      {onMode && (
        <Segmented
          value={mode}
          options={(['combined', 'tracks'] as const).map((value) => ({ value, label: t(`relistening.player.${value}`) }))}
          onChange={onMode}
          data-testid="player-mode"
        />
      )}
      <Tooltip title={onSkip ? null : t('relistening.player.noPeaks')}>
        <label className="player-skip">
          <Switch
            size="small"
            checked={skip && onSkip !== null}
            disabled={!onSkip}
            onChange={(on) => onSkip?.(on)}
            data-testid="skip-silence"
          />
          {t('relistening.player.skip')}
        </label>
      </Tooltip>
      <span className="page-head-space" />
      <Voices {...props} />
      <Tooltip title={`${t('relistening.player.help')} ?`}>
        <Button
          type="text"
          icon={<QuestionCircleOutlined />}
          onClick={onHelp}
          aria-label={t('relistening.player.help')}
          data-testid="keys-help"
        />
      </Tooltip>
    </div>
  );
}

/** Each speaker's volume. */
function Voices({ speakers, mix, onMix }: Pick<Props, 'speakers' | 'mix' | 'onMix'>) {
  const t = useText();
  return speakers.map((speaker) => {
    const level = levelOf(mix, speaker);
    const name = participantName(t, speaker);
    const set = (change: Partial<typeof level>) => onMix({ ...mix, [speaker]: { ...level, ...change } });
    const slider = (
      <Slider
        min={0}
        max={100}
        value={Math.round(level.volume * 100)}
        onChange={(value) => set({ volume: value / 100 })}
        style={{ width: 120 }}
        aria-label={t('relistening.player.volume', { name })}
      />
    );
    return (
      <Popover key={speaker} content={slider} trigger="hover">
        <Button
          size="small"
          icon={level.muted ? <AudioMutedOutlined /> : <SoundOutlined />}
          danger={level.muted}
          aria-label={`${name} ${t(level.muted ? 'relistening.player.unmute' : 'relistening.player.mute')}`}
          onClick={() => set({ muted: !level.muted })}
          data-testid={`voice-${speaker}`}
          data-muted={level.muted}
        >
          {name}
        </Button>
      </Popover>
    );
  });
}
