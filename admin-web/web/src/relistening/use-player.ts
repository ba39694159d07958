import type { ConversationDetail, Stretch } from '@qinqiao/contracts';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import { type Mix, partsOf, speakersOf } from './player/mix.ts';
import { Playback } from './player/playback.ts';
import { useMaterial, useSilences } from './use-conversation.ts';

const LOOK_MS = 200;

/** The player of one conversation, with everything it plays. */
export function usePlayer(id: string, { conversation }: ConversationDetail) {
  const playable = conversation.recording === 'ready' || conversation.recording === 'sealing';
  const material = useMaterial(id, conversation.kind, playable);
  const [playback] = useState(() => new Playback());
  const state = useSyncExternalStore(playback.subscribe, playback.state);
  const [mode, setMode] = useState<'combined' | 'tracks'>('combined');
  const [mix, setMix] = useState<Mix>({});
  const [skip, setSkip] = useState(false);
  const files = material.recording.data?.files ?? NONE;
  const [attempt, setAttempt] = useState(0);
  const reload = async () => {
    await material.recording.refetch();
    // Also when the addresses are the same: a file that failed does not begin anew by itself.
    setAttempt((before) => before + 1);
  };
  const parts = useMemo(() => partsOf(files, mode, mix), [files, mode, mix]);
  const combined = files.find(({ kind }) => kind === 'combined') ?? parts.lead;
  const range = useMemo((): Stretch => {
    const fromMs = combined?.startMs ?? 0;
    return { fromMs, toMs: fromMs + (combined ? combined.durationS * 1000 : conversation.durationMs) };
  }, [combined, conversation.durationMs]);
  const silences = useSilences(material.peaks, range.fromMs, range.toMs);
  useEffect(() => playback.skipSilences(skip ? silences : NONE), [playback, skip, silences]);
  useEffect(() => () => playback.dispose(), [playback]);
  return {
    ...material,
    playback,
    state,
    range,
    silences,
    parts,
    attempt,
    reload,
    files,
    speakers: useMemo(() => speakersOf(files), [files]),
    canApart: files.some(({ kind }) => kind === 'video') && files.some(({ kind }) => kind === 'combined'),
    mode,
    setMode,
    mix,
    setMix,
    skip,
    setSkip,
    ms: useMs(playback),
  };
}
export type Player = ReturnType<typeof usePlayer>;

const NONE: never[] = [];

/** Where the player is, a few times a second: for texts, not for what moves. */
function useMs(playback: Playback): number {
  const [ms, setMs] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setMs(playback.ms), LOOK_MS);
    return () => clearInterval(timer);
  }, [playback]);
  return ms;
}
