import type { ConversationDetail, ConversationNote, NoteKind } from '@qinqiao/contracts';
import { Alert, Tabs } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useLocation, useNavigate } from 'react-router-dom';
import { ErrorView } from '../components/error-view.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { useAct } from '../components/use-act.ts';
import { useOfficer } from '../components/use-allowed.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { useDictionary } from '../settings/use-dictionary.ts';
import { TranscriptTab } from '../transcripts/transcript-tab.tsx';
import { EvidencePanel } from '../evidence/index.ts';
import { EvaluationTab } from './evaluation-tab.tsx';
import { HistoryTab } from './history-tab.tsx';
import { NoteModal } from './note-modal.tsx';
import { NotesTab } from './notes-tab.tsx';
import { Controls } from './player/controls.tsx';
import { KeysHelp } from './player/help.tsx';
import { marksOf } from './player/marks.ts';
import { Stage } from './player/stage.tsx';
import { Timeline } from './player/timeline.tsx';
import { PlayerHead } from './player-head.tsx';
import { placeIn, type Queued } from './queue.ts';
import { useHeard } from './use-heard.ts';
import { useKeys } from './use-keys.ts';
import { usePlayer } from './use-player.ts';

interface Props {
  id: string;
  detail: ConversationDetail;
  queue: readonly Queued[];
  put: (detail: ConversationDetail) => void;
  again: () => Promise<void>;
}

const AUTO = 'qinqiao.relistening.autoNext';

/** Where a search has found what leads here: from a second before it. */
function beginning(search: string): { atMs: number | null; find: string } {
  const asked = new URLSearchParams(search);
  const at = Number.parseInt(asked.get('at') ?? '', 10);
  return { atMs: Number.isFinite(at) ? Math.max(0, at - 1000) : null, find: (asked.get('find') ?? '').slice(0, 64) };
}

export function PlayerView({ id, detail, queue, put, again }: Props) {
  const t = useText();
  const language = useLanguage();
  const navigate = useNavigate();
  const location = useLocation();
  const { state: arrived } = location as { state: { play?: boolean } | null };
  const { act } = useAct();
  const me = useOfficer();
  const [begin] = useState(() => beginning(location.search));
  const categories = useDictionary('abnormal_category');
  const player = usePlayer(id, detail);
  const { playback, state, alerts, warnings, events, transcript, ms, range, recording } = player;
  const heard = useHeard(id, playback);
  const [tab, setTab] = useState('transcript');
  const [noting, setNoting] = useState<{ kind: NoteKind; atMs: number } | null>(null);
  const [help, setHelp] = useState(false);
  const [autoNext, setAutoNext] = useState(() => localStorage.getItem(AUTO) === 'on');
  const place = placeIn(queue, id);
  const marks = useMemo(
    () => marksOf(t, language, categories.nameOf, { alerts, warnings, events, notes: detail.notes }),
    [t, language, categories.nameOf, alerts, warnings, events, detail.notes],
  );
  const goTo = (other: Queued | null, play = state.playing) => other && void navigate(`/relistening/${other.id}`, { state: { play } });
  const note = (kind: NoteKind) => {
    playback.pause();
    setNoting({ kind, atMs: Math.round(playback.ms) });
  };
  const noted = (fresh: ConversationNote) => put({ ...detail, notes: [...detail.notes, fresh] });
  const bookmark = () =>
    void act(async () => {
      noted(await api.addConversationNote({ params: { id }, body: { kind: 'bookmark', atMs: Math.round(playback.ms) } }));
    }, t('relistening.noted'));
  const canSkip = player.peaks.length > 0;
  useKeys(playback, {
    abnormal: () => note('abnormal'),
    note: () => note('note'),
    bookmark,
    next: () => goTo(place.next),
    previous: () => goTo(place.previous),
    silence: () => canSkip && player.setSkip(!player.skip),
    help: () => setHelp(true),
  });
  useEffect(() => {
    if (!recording.data) return;
    if (begin.atMs !== null) playback.seek(begin.atMs);
    if (arrived?.play || begin.atMs !== null) void playback.play();
    // Once, when there is something to play.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [recording.data !== undefined]);
  useEffect(() => {
    playback.onEnd = () => {
      void heard.flush();
      if (autoNext) goTo(place.next, true);
    };
  });
  const { flush } = heard;
  useEffect(() => {
    if (!state.playing) void flush();
  }, [state.playing, flush]);
  const seek = (toMs: number) => playback.seek(Math.max(range.fromMs, toMs));
  const listen = (fromMs: number) => {
    seek(fromMs);
    void playback.play();
  };
  const own = [...detail.heardBy.flatMap((one) => one.heard), ...heard.sent];
  const mine = detail.heardBy.find(({ officerId }) => officerId === me?.id);
  const told = heard.told ?? mine ?? null;
  const sides = [
    {
      key: 'transcript',
      label: t('relistening.tabs.transcript'),
      children: (
        <TranscriptTab
          id={id}
          transcript={transcript}
          ms={ms}
          onSeek={seek}
          onListen={listen}
          onCorrected={() => void again()}
          sought={begin.find}
        />
      ),
    },
    {
      key: 'notes',
      label: <span data-testid="tab-notes">{t('relistening.tabs.notes')}</span>,
      children: (
        <NotesTab
          id={id}
          notes={detail.notes}
          marks={marks}
          onSeek={seek}
          onRemoved={(gone) => put({ ...detail, notes: detail.notes.filter((one) => one.id !== gone) })}
          onAdd={note}
        />
      ),
    },
    {
      key: 'evaluation',
      label: <span data-testid="tab-evaluation">{t('relistening.tabs.evaluation')}</span>,
      children: <EvaluationTab id={id} detail={detail} told={told} flush={heard.flush} put={put} next={place.next} onNext={goTo} />,
    },
    {
      key: 'evidence',
      label: <span data-testid="tab-evidence">{t('relistening.tabs.evidence')}</span>,
      children: (
        <div className="relisten-tab">
          <EvidencePanel recordingId={id} />
        </div>
      ),
    },
    {
      key: 'history',
      label: <span data-testid="tab-history">{t('relistening.tabs.history')}</span>,
      children: <HistoryTab detail={detail} />,
    },
  ];
  return (
    <main className="page relisten" data-testid="relisten" data-id={id}>
      <PlayerHead
        detail={detail}
        place={place}
        told={told}
        autoNext={autoNext}
        onAutoNext={(on) => {
          setAutoNext(on);
          localStorage.setItem(AUTO, on ? 'on' : 'off');
        }}
        put={put}
        again={again}
        onFinish={() => setTab('evaluation')}
      />
      {heard.untold && <Alert type="warning" banner title={t('relistening.player.untold')} />}
      {heard.told?.capped && <Alert type="warning" banner closable title={t('relistening.player.capped')} data-testid="heard-capped" />}
      <div className="relisten-main">
        <section className="panel relisten-player">
          {recording.isPending && recording.isFetching && <PageLoading />}
          {recording.isError && <ErrorView error={recording.error} onRetry={() => void recording.refetch()} />}
          {!recording.isFetching && !recording.data && !recording.isError && (
            <Alert
              type="info"
              showIcon
              className="relisten-nothing"
              title={
                detail.conversation.recording === 'deleted'
                  ? t('relistening.deletedRecording')
                  : t('relistening.notReady', { state: t(`relistening.recordings.${detail.conversation.recording}`) })
              }
            />
          )}
          {recording.data && (
            <>
              <Stage
                parts={player.parts}
                mix={player.mix}
                playback={playback}
                state={state}
                attempt={player.attempt}
                onReload={() => void player.reload()}
              />
              <Controls
                playback={playback}
                state={state}
                ms={ms}
                endMs={range.toMs}
                mode={player.mode}
                onMode={player.canApart ? player.setMode : null}
                speakers={player.speakers}
                mix={player.mix}
                onMix={player.setMix}
                skip={player.skip}
                onSkip={canSkip ? player.setSkip : null}
                onPrevious={place.previous ? () => goTo(place.previous) : null}
                onNext={place.next ? () => goTo(place.next) : null}
                onHelp={() => setHelp(true)}
              />
              <Timeline
                playback={playback}
                range={range}
                peaks={player.peaks}
                marks={marks}
                gaps={recording.data.gaps}
                heard={own}
                silences={player.skip ? player.silences : []}
                thumbnails={player.thumbnails}
                onSeek={seek}
              />
            </>
          )}
        </section>
        <Tabs className="panel relisten-side" activeKey={tab} onChange={setTab} items={sides} size="small" tabBarGutter={18} />
      </div>
      <NoteModal id={id} note={noting} categories={categories.options} onClose={() => setNoting(null)} onSaved={noted} />
      <KeysHelp open={help} onClose={() => setHelp(false)} />
    </main>
  );
}
