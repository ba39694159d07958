import type { AppointmentKind, AppointmentView, RestOutput, SlotView } from '@qinqiao/contracts';
import { useCallback, useEffect, useState } from 'react';
import { api as inmateApi } from '../session/api.ts';
import type { Officer } from './officer.ts';

export type Relative = RestOutput<'listMyRelatives'>['items'][number];
export type Hold = RestOutput<'holdSlot'>;

export const DAYS_SHOWN = 14;

/** The prison's local day so many days from now, 2026-01-31. */
export function localDay(ahead: number, now = Date.now()): string {
  const CHINA_MS = 8 * 3600_000;
  return new Date(now + CHINA_MS + ahead * 86_400_000).toISOString().slice(0, 10);
}

export interface Chosen {
  relative: Relative | null;
  kind: AppointmentKind;
  day: string | null;
  slot: SlotView | null;
  hold: Hold | null;
}

/** What the officer has chosen so far; nothing of it is lost when the network is. */
export function useBooking(officer: Officer, inmateId: string) {
  const [relatives, setRelatives] = useState<Relative[] | null>(null);
  const [slots, setSlots] = useState<SlotView[] | null>(null);
  const [chosen, setChosen] = useState<Chosen>({ relative: null, kind: 'video', day: null, slot: null, hold: null });
  const [booked, setBooked] = useState<AppointmentView | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { kind, hold, slot, relative } = chosen;

  const attempt = useCallback(async (run: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    await run().catch(setError);
    setBusy(false);
  }, []);

  const load = useCallback(
    () =>
      attempt(async () => {
        const [{ items: mine }, { items }] = await Promise.all([
          inmateApi.listMyRelatives(),
          officer.api.listSlots({ query: { inmateId, kind, from: localDay(0), to: localDay(DAYS_SHOWN - 1) } }),
        ]);
        setRelatives(mine);
        setSlots(items);
      }),
    [attempt, inmateId, kind, officer],
  );
  useEffect(() => {
    // oxlint-disable-next-line react-hooks/set-state-in-effect
    void load();
  }, [load]);

  const letGo = useCallback(async () => {
    if (hold) await officer.api.releaseHold({ params: { id: hold.id } }).catch(() => {});
  }, [hold, officer]);

  const choose = (change: Partial<Chosen>) => setChosen((before) => ({ ...before, ...change }));
  const take = (next: SlotView) =>
    attempt(async () => {
      await letGo();
      choose({ slot: null, hold: null });
      const kept = await officer.api.holdSlot({ body: { slotId: next.id, inmateId } });
      choose({ slot: next, hold: kept });
    });
  const giveUp = async () => {
    await letGo();
    choose({ slot: null, hold: null });
    await load();
  };
  const book = () =>
    attempt(async () => {
      if (!slot || !hold || !relative) return;
      const body = { slotId: slot.id, holdId: hold.id, inmateId, familyId: relative.familyId };
      setBooked(await officer.api.book({ body }));
    });
  return { relatives, slots, chosen, booked, busy, error, choose, take, giveUp, book, load };
}
