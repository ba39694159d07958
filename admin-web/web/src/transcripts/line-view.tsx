import { EditOutlined } from '@ant-design/icons';
import { formatDuration } from '@qinqiao/client-sdk';
import type { TextMark, TranscriptLine } from '@qinqiao/contracts';
import { Button, Tag, Tooltip } from 'antd';
import { memo } from 'react';
import { momentOf } from '../components/format.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { MarkedText } from './marked-text.tsx';

interface Props {
  line: TranscriptLine;
  current: boolean;
  found: readonly TextMark[] | undefined;
  /** Which of `found` is looked at. */
  hit: number | null;
  mayCorrect: boolean;
  onSeek: (ms: number) => void;
  onCorrect: (id: string) => void;
}

const NONE: TextMark[] = [];

/** One line: a click on it leads the player there. */
export const LineView = memo(function LineView({ line, current, found = NONE, hit, mayCorrect, onSeek, onCorrect }: Props) {
  const t = useText();
  const { id, speaker, startMs, endMs, text, final, mark, words, version } = line;
  const isGap = mark === 'gap';
  const kind = [current && 'is-current', isGap && 'is-gap', line.foreign && 'is-foreign'].filter(Boolean).join(' ');
  return (
    <div className={`transcript-row ${kind}`} data-testid="transcript-line" data-segment={id} data-speaker={speaker} data-mark={mark ?? ''}>
      <button type="button" className="line" onClick={() => onSeek(startMs)} data-testid="line-seek">
        <time className="digits">{formatDuration(startMs)}</time>
        <b className={`speaker-${speaker}`}>{t(`role.${speaker}`)}</b>
        <span className={final ? 'said' : 'said is-provisional'}>
          {isGap ? (
            <em>{t('transcripts.line.gap', { seconds: Math.max(1, Math.round((endMs - startMs) / 1000)) })}</em>
          ) : (
            <MarkedText text={text} words={words} found={found} current={hit} />
          )}
          {(mark === 'outage' || mark === 'cut') && <em className="muted"> {t(`live.${mark}`)}</em>}
          <Signs line={line} t={t} />
        </span>
      </button>
      {final && (mayCorrect || version > 0) && (
        <Button
          type="text"
          size="small"
          icon={<EditOutlined />}
          className="line-correct"
          onClick={() => onCorrect(id)}
          aria-label={t('transcripts.line.correct')}
          title={t('transcripts.line.correct')}
          data-testid="line-correct"
        />
      )}
    </div>
  );
});

/** What is to be known of a line beside its text. */
function Signs({ line, t }: { line: TranscriptLine; t: Translate }) {
  const { source, foreign, version, correctedBy, correctedAt } = line;
  return (
    <span className="line-signs">
      {source === 'offline' && (
        <Tooltip title={t('transcripts.line.offlineHint')}>
          <Tag color="blue">{t('transcripts.line.offline')}</Tag>
        </Tooltip>
      )}
      {foreign && (
        <Tooltip title={t('transcripts.line.foreignHint')}>
          <Tag color="orange">{t('transcripts.line.foreign')}</Tag>
        </Tooltip>
      )}
      {version > 0 && (
        <Tooltip title={t('transcripts.correctedBy', { name: correctedBy ?? '', time: correctedAt ? momentOf(correctedAt) : '' })}>
          <Tag color="green" data-testid="line-corrected">
            {t('transcripts.corrected')}
          </Tag>
        </Tooltip>
      )}
    </span>
  );
}
