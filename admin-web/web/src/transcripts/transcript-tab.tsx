import { DownOutlined, SearchOutlined, UpOutlined } from '@ant-design/icons';
import type { TranscriptLine } from '@qinqiao/contracts';
import { Button, Checkbox, Empty, Input, Spin, Tag, Tooltip } from 'antd';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { CorrectForm } from './correct-form.tsx';
import { hitsIn } from './find-in.ts';
import { LineView } from './line-view.tsx';
import { TranscriptionState } from './transcription-state.tsx';
import type { useTranscript } from './use-transcript.ts';
import './transcripts.css';

interface Props {
  id: string;
  transcript: ReturnType<typeof useTranscript>;
  /** Where the player is. */
  ms: number;
  onSeek: (ms: number) => void;
  /** Plays from there. */
  onListen: (ms: number) => void;
  /** Corrected text has other words: what counts them is read anew. */
  onCorrected: () => void;
  /** What the search that led here looked for. */
  sought: string;
}

/** The line being spoken; in silence longer than a second none. */
function lineAt(lines: readonly TranscriptLine[], ms: number): string | null {
  let found: string | null = null;
  for (const { id, startMs, endMs } of lines) {
    if (startMs > ms) break;
    if (ms <= endMs + 1000) found = id;
  }
  return found;
}

/** The text beside the sound: follows it, leads to it, can be searched and corrected. */
export function TranscriptTab({ id, transcript, ms, onSeek, onListen, onCorrected, sought }: Props) {
  const t = useText();
  const mayCorrect = useAllowed('transcript.correct');
  const { lines, reading, work, put, again, words } = transcript;
  const [text, setText] = useState(sought);
  const [at, setAt] = useState(0);
  const [follow, setFollow] = useState(true);
  const [correcting, setCorrecting] = useState<string | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const hits = useMemo(() => hitsIn(lines, text), [lines, text]);
  const byLine = useMemo(() => Map.groupBy(hits, ({ line }) => line), [hits]);
  const hit = hits[at] ?? null;
  const current = lineAt(lines, ms);
  const show = useCallback(
    (line: string) => box.current?.querySelector(`[data-segment="${CSS.escape(line)}"]`)?.scrollIntoView({ block: 'nearest' }),
    [],
  );
  useEffect(() => {
    if (current && follow) show(current);
  }, [current, follow, show]);
  useEffect(() => {
    if (hit) show(hit.line);
  }, [hit, show]);
  const step = (by: number) => {
    if (hits.length === 0) return;
    setFollow(false);
    setAt((before) => (before + by + hits.length) % hits.length);
  };
  return (
    <div className="transcript-tab">
      <div className="transcript-bar">
        <TranscriptionState id={id} work={work} hasText={lines.length > 0} />
        {lines.some(({ trial }) => trial) && (
          <Tooltip title={t('live.trialHint')}>
            <Tag color="purple">{t('transcripts.line.trial')}</Tag>
          </Tooltip>
        )}
        <span className="muted">{t('transcripts.words', { count: words.filter(({ state }) => state === 'confirmed').length })}</span>
        <span className="page-head-space" />
        <Checkbox checked={follow} onChange={({ target }) => setFollow(target.checked)}>
          {t('transcripts.follow')}
        </Checkbox>
      </div>
      <div className="transcript-bar">
        <Input
          size="small"
          allowClear
          prefix={<SearchOutlined />}
          placeholder={t('transcripts.find')}
          value={text}
          maxLength={64}
          onChange={({ target }) => {
            setText(target.value);
            setAt(0);
          }}
          onPressEnter={({ shiftKey }) => step(shiftKey ? -1 : 1)}
          data-testid="find-in"
        />
        <span className="muted digits find-count" data-testid="find-count">
          {text.trim() && t('transcripts.findCount', { at: hits.length === 0 ? 0 : at + 1, count: hits.length })}
        </span>
        <Button
          size="small"
          icon={<UpOutlined />}
          disabled={hits.length === 0}
          onClick={() => step(-1)}
          aria-label={t('transcripts.findPrevious')}
        />
        <Button
          size="small"
          icon={<DownOutlined />}
          disabled={hits.length === 0}
          onClick={() => step(1)}
          aria-label={t('transcripts.findNext')}
          data-testid="find-next"
        />
      </div>
      <div className="scroll transcript-lines" ref={box} data-testid="transcript">
        {reading && <Spin />}
        {!reading && lines.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('transcripts.empty')} />}
        {lines.map((line) => (
          <LineView
            key={line.id}
            line={line}
            current={line.id === current}
            found={byLine.get(line.id)}
            hit={hit && hit.line === line.id ? (byLine.get(line.id)?.indexOf(hit) ?? null) : null}
            mayCorrect={mayCorrect}
            onSeek={onSeek}
            onCorrect={setCorrecting}
          />
        ))}
      </div>
      <CorrectForm
        conversationId={id}
        line={lines.find((line) => line.id === correcting) ?? null}
        mayCorrect={mayCorrect}
        onClose={() => setCorrecting(null)}
        onCorrected={(line) => {
          put(line);
          onCorrected();
        }}
        onConflict={() => void again()}
        onListen={({ startMs }) => onListen(startMs)}
      />
    </div>
  );
}
