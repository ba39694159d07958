import { type CallId, type ConversationDetail, Peaks, type RecordingFile, silences } from '@qinqiao/contracts';
import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { z } from 'zod';
import { useAllowed } from '../components/use-allowed.ts';
import { allPages } from '../finished/all-pages.ts';
import { api } from '../session/api.ts';
import { useTranscript } from '../transcripts/use-transcript.ts';
import { WORKLOAD_KEY } from './use-workload.ts';

/** Every look is audited: one look, not one for each time the window comes to the front. */
const ONCE = { staleTime: Number.POSITIVE_INFINITY, refetchOnWindowFocus: false } as const;
const MOST_WARNINGS = 100;
const detailKey = (id: string) => ['conversation', id];

const Grid = z.object({
  tileWidth: z.number(),
  tileHeight: z.number(),
  columns: z.number().positive(),
  rows: z.number(),
  count: z.number(),
  everyMs: z.number().positive(),
});
/** Small pictures of the recording, all in one. */
export type Thumbnails = z.infer<typeof Grid> & { url: string };

/** A conversation and what officers made of it. */
export function useConversation(id: string) {
  const queries = useQueryClient();
  const detail = useQuery({ ...ONCE, gcTime: 0, queryKey: detailKey(id), queryFn: () => api.getConversation({ params: { id } }) });
  const put = useCallback(
    (fresh: ConversationDetail) => {
      queries.setQueryData(detailKey(id), fresh);
      void queries.invalidateQueries({ queryKey: ['conversations'] });
      void queries.invalidateQueries({ queryKey: WORKLOAD_KEY });
    },
    [queries, id],
  );
  const again = useCallback(() => queries.invalidateQueries({ queryKey: detailKey(id) }), [queries, id]);
  return { detail, put, again };
}

/** Its recording with waveforms and thumbnails, and what happened in it. */
export function useMaterial(id: string, kind: string | undefined, playable: boolean) {
  const params = { id: id as CallId };
  const mayRead = useAllowed('call.read');
  const mayReview = useAllowed('picture.review');
  const ofCall = kind === 'video';
  const recording = useQuery({
    ...ONCE,
    gcTime: 0,
    queryKey: ['recording', id, 'relistening'],
    queryFn: () => api.getRecording({ params }),
    enabled: playable,
  });
  const enabled = ofCall && mayRead;
  const transcript = useTranscript(id);
  const events = useQuery({
    ...ONCE,
    enabled,
    queryKey: ['events', id, 'relistening'],
    queryFn: () => allPages((query) => api.listCallEvents({ params, query })),
  });
  const warnings = useQuery({
    ...ONCE,
    enabled: ofCall && mayReview,
    queryKey: ['picture-warnings', { callId: id }],
    queryFn: () => api.listPictureWarnings({ query: { callId: params.id, limit: MOST_WARNINGS } }),
  });
  const files = recording.data?.files ?? NO_FILES;
  return {
    recording,
    transcript,
    alerts: transcript.words,
    events: events.data ?? [],
    warnings: warnings.data?.items ?? [],
    peaks: usePeaks(files),
    thumbnails: useThumbnails(files),
  };
}

const NO_FILES: RecordingFile[] = [];

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  return response.json();
}

/** The waveforms that can be read; a conversation can be listened to without. */
function usePeaks(files: readonly RecordingFile[]): Peaks[] {
  const found = useQueries({
    queries: files
      .filter(({ kind }) => kind === 'peaks')
      .map(({ url }) => ({ ...ONCE, retry: 1, queryKey: ['peaks', url], queryFn: async () => Peaks.parse(await readJson(url)) })),
    combine: (results) =>
      results
        .flatMap(({ data }) => data ?? [])
        .toSorted((one, other) => Number(other.participant === 'inmate') - Number(one.participant === 'inmate')),
  });
  return found;
}

function useThumbnails(files: readonly RecordingFile[]): Thumbnails | null {
  const image = files.find(({ kind, mimeType }) => kind === 'thumbnails' && mimeType.startsWith('image/'));
  const grid = files.find(({ kind, mimeType }) => kind === 'thumbnails' && mimeType.includes('json'));
  const { data } = useQuery({
    ...ONCE,
    retry: 1,
    enabled: image !== undefined && grid !== undefined,
    queryKey: ['thumbnails', grid?.url],
    queryFn: async () => Grid.parse(await readJson(grid?.url ?? '')),
  });
  return useMemo(() => (data && image ? { ...data, url: image.url } : null), [data, image]);
}

/** Where nobody speaks. */
export function useSilences(peaks: readonly Peaks[], fromMs: number, toMs: number) {
  return useMemo(() => silences(peaks, { fromMs, toMs }), [peaks, fromMs, toMs]);
}
