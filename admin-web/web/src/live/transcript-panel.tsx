import type { TranscriptSegment, WordAlert } from '@qinqiao/contracts';
import { formatDuration } from '@qinqiao/client-sdk';
import { Button, Empty, Tag, Tooltip } from 'antd';
import { memo, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useText } from '../i18n/index.ts';
import { bySegment, markWords } from './mark-words.ts';

interface TranscriptPanelProps {
  segments: TranscriptSegment[];
  alerts: WordAlert[];
  trial: boolean;
  title: string;
  empty: string;
  /** Keeps the newest line in sight, unless the reader has scrolled away from it. */
  follow?: boolean;
  /** The line being spoken in a replay. */
  currentId?: string | null;
  onPick?: (segment: TranscriptSegment) => void;
}

export const TranscriptPanel = memo(function TranscriptPanel(props: TranscriptPanelProps) {
  const { segments, alerts, trial, title, empty, follow = false, currentId = null, onPick } = props;
  const t = useText();
  const marks = useMemo(() => bySegment(alerts), [alerts]);
  const { ref, away, onScroll, toEnd } = useFollow(follow);
  useEffect(() => {
    if (currentId) ref.current?.querySelector(`[data-segment="${CSS.escape(currentId)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [currentId, ref]);
  return (
    <section className="panel live-panel transcript">
      <header>
        <h2>{title}</h2>
        {trial && (
          <Tooltip title={t('live.trialHint')}>
            <Tag color="purple" data-testid="speech-trial">
              {t('live.trial')}
            </Tag>
          </Tooltip>
        )}
      </header>
      <div className="scroll live-scroll" ref={ref} onScroll={onScroll} data-testid="transcript">
        {segments.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} />}
        {segments.map((segment) => (
          <Line
            key={segment.id}
            segment={segment}
            alerts={marks.get(segment.id) ?? NONE}
            current={segment.id === currentId}
            onPick={onPick}
          />
        ))}
      </div>
      {away && (
        <Button size="small" className="to-newest" onClick={toEnd}>
          {t('live.toNewest')}
        </Button>
      )}
    </section>
  );
});

const NONE: WordAlert[] = [];

interface LineProps {
  segment: TranscriptSegment;
  alerts: WordAlert[];
  current: boolean;
  onPick: ((segment: TranscriptSegment) => void) | undefined;
}

const Line = memo(function Line({ segment, alerts, current, onPick }: LineProps) {
  const t = useText();
  const { speaker, startMs, text, final, mark } = segment;
  const words = markWords(text, alerts).map((part, index) =>
    part.alert ? (
      <mark key={index} data-testid="sensitive-word">
        {part.text}
      </mark>
    ) : (
      <span key={index}>{part.text}</span>
    ),
  );
  const content = (
    <>
      <time className="digits">{formatDuration(startMs)}</time>
      <b className={`speaker-${speaker}`}>{t(`role.${speaker}`)}</b>
      <span className={final ? 'said' : 'said is-provisional'}>
        {mark === 'gap' ? <em>{t('live.gap')}</em> : words}
        {mark && mark !== 'gap' && <em className="muted"> {t(`live.${mark}`)}</em>}
        {!final && !mark && <em className="muted"> …</em>}
      </span>
    </>
  );
  const attributes = { 'data-testid': 'transcript-line', 'data-segment': segment.id, 'data-speaker': speaker, 'data-final': final };
  const className = current ? 'line is-current' : 'line';
  if (!onPick) {
    return (
      <div className={className} {...attributes}>
        {content}
      </div>
    );
  }
  return (
    <button type="button" className={className} {...attributes} onClick={() => onPick(segment)}>
      {content}
    </button>
  );
});

function useFollow(follow: boolean) {
  const ref = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const toEnd = useCallback(() => {
    const box = ref.current;
    if (box) box.scrollTop = box.scrollHeight;
    setAway(false);
  }, []);
  // After every drawing: the panel is drawn anew only when something was said.
  useEffect(() => {
    const box = ref.current;
    if (follow && !away && box) box.scrollTop = box.scrollHeight;
  });
  const onScroll = useCallback(() => {
    const box = ref.current;
    if (follow && box) setAway(box.scrollHeight - box.scrollTop - box.clientHeight > 60);
  }, [follow]);
  return { ref, away, onScroll, toEnd };
}
