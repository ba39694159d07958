import type { TranscriptLine, WordAlert } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { api } from '../session/api.ts';

const LIMIT = 500;
const LOOK_MS = 3000;
const linesKey = (id: string) => ['transcript-lines', id];

async function everyLine(id: string): Promise<TranscriptLine[]> {
  const lines: TranscriptLine[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await api.getTranscript({ params: { id }, query: { limit: LIMIT, cursor } });
    lines.push(...page.items);
    if (page.next === null) return lines;
    cursor = page.next;
  }
}

/** A conversation's transcript, and how far its transcription is; read anew when that is done. */
export function useTranscript(id: string) {
  const queries = useQueryClient();
  const lines = useQuery({ queryKey: linesKey(id), queryFn: () => everyLine(id), staleTime: Number.POSITIVE_INFINITY });
  const work = useQuery({
    queryKey: ['transcription', id],
    queryFn: async () => (await api.conversationTranscription({ params: { id } })).transcription,
    refetchInterval: ({ state }) => (state.data?.state === 'queued' || state.data?.state === 'running' ? LOOK_MS : false),
  });
  const before = useRef(work.data?.state);
  useEffect(() => {
    if (before.current && before.current !== 'done' && work.data?.state === 'done') {
      void queries.invalidateQueries({ queryKey: linesKey(id) });
      // What was found in it may need attention.
      void queries.invalidateQueries({ queryKey: ['conversation', id] });
    }
    before.current = work.data?.state;
  }, [work.data?.state, queries, id]);
  const put = useCallback(
    (line: TranscriptLine) =>
      queries.setQueryData<TranscriptLine[]>(linesKey(id), (all) => all?.map((one) => (one.id === line.id ? line : one))),
    [queries, id],
  );
  const data = lines.data ?? NONE;
  return { lines: data, reading: lines.isPending, again: lines.refetch, work, put, words: useMemo(() => wordsOf(data), [data]) };
}

const NONE: TranscriptLine[] = [];

/** Words as they are marked on the time line: about where in their line they were said. */
function wordsOf(lines: readonly TranscriptLine[]): Pick<WordAlert, 'id' | 'word' | 'level' | 'atMs' | 'state'>[] {
  return lines.flatMap(({ id, startMs, endMs, text, words }) =>
    words.map(({ offset, length, word, level, unconfirmed }) => ({
      id: `${id}-${offset}-${word}`,
      word,
      level,
      atMs: Math.round(startMs + ((endMs - startMs) * (offset + length)) / Math.max(1, text.length)),
      state: unconfirmed ? ('unconfirmed' as const) : ('confirmed' as const),
    })),
  );
}
