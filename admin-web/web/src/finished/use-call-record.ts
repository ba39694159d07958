import type { CallId, RecordingView } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { api } from '../session/api.ts';
import { allPages } from './all-pages.ts';

const POLL_MS = 3000;
const FOR_EVER = Number.POSITIVE_INFINITY;
const done = (state: RecordingView['state'] | undefined) => state !== undefined && ['ready', 'failed', 'none', 'deleted'].includes(state);

/** All that is known of one call. While its recording is being finished, its state is asked again and again. */
export function useCallRecord(id: CallId) {
  const params = { id };
  const call = useQuery({
    queryKey: ['call', id],
    queryFn: () => api.getCall({ params }),
    refetchInterval: ({ state }) => (state.data?.state === 'ended' && done(state.data.recording) ? false : POLL_MS),
  });
  // What is being sealed plays already; a player must not begin anew when that is done.
  const recorded = call.data?.recording === 'sealing' ? 'ready' : call.data?.recording;
  const stage = `${call.data?.state}/${recorded}`;
  // Every look at a recording is audited: one look, not one for each time the window comes to the front.
  const once = { staleTime: FOR_EVER, refetchOnWindowFocus: false, enabled: call.data !== undefined };
  return {
    call,
    recording: useQuery({ ...once, queryKey: ['recording', id, stage], queryFn: () => api.getRecording({ params }) }),
    transcript: useQuery({
      ...once,
      queryKey: ['transcript', id, stage],
      queryFn: () => allPages((query) => api.listTranscript({ params, query })),
    }),
    alerts: useQuery({ ...once, queryKey: ['alerts', id, stage], queryFn: () => allPages((query) => api.listAlerts({ params, query })) }),
    events: useQuery({
      ...once,
      queryKey: ['events', id, stage],
      queryFn: () => allPages((query) => api.listCallEvents({ params, query })),
    }),
  };
}
