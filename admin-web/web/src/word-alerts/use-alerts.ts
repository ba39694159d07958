import type { AlertHandlingView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

const DUTY_MS = 2000;
const HANDLING_MS = 3000;
export const DUTY_KEY = ['word-alerts', 'duty'];

/** What waits for the duty officer, looked at every two seconds. */
export function useDutyAlerts(enabled: boolean) {
  return useQuery({
    queryKey: DUTY_KEY,
    queryFn: () => api.listDutyAlerts(),
    enabled,
    refetchInterval: DUTY_MS,
    // The sound must come also while the officer looks at something else.
    refetchIntervalInBackground: true,
  });
}

/** What officers made of the alerts of one conversation, by the alert's id. `live`: others may acknowledge them at any moment. */
export function useHandling(conversationId: string, live: boolean): ReadonlyMap<string, AlertHandlingView> {
  const allowed = useAllowed('alert.read');
  const { data } = useQuery({
    queryKey: ['word-alerts', 'handling', conversationId],
    queryFn: () => api.listAlertHandling({ params: { id: conversationId } }),
    enabled: allowed,
    refetchInterval: live ? HANDLING_MS : false,
    select: ({ items }) => new Map(items.map((item) => [item.id, item])),
  });
  return data ?? NOTHING;
}
const NOTHING: ReadonlyMap<string, AlertHandlingView> = new Map();

/** Acknowledges alerts in the officer's name. */
export function useAcknowledge(): { busy: boolean; acknowledge: (ids: string[]) => Promise<boolean> } {
  const t = useText();
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const acknowledge = useCallback(
    (ids: string[]) =>
      act(async () => {
        await api.acknowledgeWordAlerts({ body: { ids } });
        await queries.invalidateQueries({ queryKey: ['word-alerts'] });
      }, t('wordAlerts.acknowledged')),
    [act, queries, t],
  );
  return { busy, acknowledge };
}
