import { AppointmentView, CallSummary, type Me, QuotaView } from '@qinqiao/contracts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import { api } from '../session/api.ts';
import { keepShown, keptShown } from '../session/session.ts';

const REFRESH_MS = 5000;
const QUOTA_MS = 60_000;
const PAGE = 20;

const Shown = z.object({
  /** When it was read, epoch milliseconds of the tablet. */
  at: z.number(),
  me: z.custom<Me>((me) => typeof me === 'object' && me !== null),
  /** That can be entered in this room. */
  calls: z.array(CallSummary),
  appointments: z.array(AppointmentView),
});
export type Shown = z.infer<typeof Shown>;

export interface Home {
  shown: Shown | null;
  quota: QuotaView | null;
  /** The last attempt to read it failed; what is shown is older. */
  error: unknown;
}

/** What the inmate is shown, read again and again; without network the last that was read, also after a reload. */
export function useHome(): Home & { refresh: () => void } {
  const [home, setHome] = useState<Home>(() => ({ shown: Shown.safeParse(keptShown()).data ?? null, quota: null, error: null }));
  const load = useRef(() => {});
  useEffect(() => {
    let over = false;
    let quotaAt = -QUOTA_MS;
    let known: Me | null = null;
    const readQuota = async (me: Me) => {
      if (performance.now() - quotaAt < QUOTA_MS) return;
      quotaAt = performance.now();
      const quota = await api.getQuota({ query: { inmateId: me.id } }).catch(() => null);
      if (!over && quota) setHome((before) => ({ ...before, quota }));
    };
    const read = async () => {
      try {
        const [me, { items: calls }, { items: appointments }] = await Promise.all([
          known ?? api.me(),
          api.listCalls({ query: { scope: 'upcoming', limit: PAGE } }),
          api.listMyAppointments({ query: { limit: PAGE } }),
        ]);
        known = me;
        const shown = { at: Date.now(), me, calls, appointments };
        if (over) return;
        keepShown(shown);
        setHome((before) => ({ ...before, shown, error: null }));
        await readQuota(me);
      } catch (error) {
        if (!over) setHome((before) => ({ ...before, error }));
      }
    };
    load.current = () => {
      quotaAt = -QUOTA_MS;
      void read();
    };
    void read();
    const timer = setInterval(() => void read(), REFRESH_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, []);
  const refresh = useCallback(() => load.current(), []);
  return { ...home, refresh };
}
