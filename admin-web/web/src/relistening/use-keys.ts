import { useEffect, useRef } from 'react';
import { isBusy, nextSpeed, type PlayerKey, playerKey } from './player/keys.ts';
import type { Playback } from './player/playback.ts';

const STEP_MS = 5000;
const FAR_MS = 30_000;

/** What the page does with keys that are not the player's own. */
export type OtherKeys = Partial<
  Record<Exclude<PlayerKey, 'toggle' | 'back' | 'on' | 'farBack' | 'farOn' | 'slower' | 'faster'>, () => void>
>;

/** The player's keys, wherever on the page one is, as long as nobody is writing. */
export function useKeys(playback: Playback, others: OtherKeys): void {
  const latest = useRef(others);
  useEffect(() => {
    latest.current = others;
  });
  useEffect(() => {
    const go = (byMs: number) => playback.seek(playback.ms + byMs);
    const own: Partial<Record<PlayerKey, () => void>> = {
      toggle: () => playback.toggle(),
      back: () => go(-STEP_MS),
      on: () => go(STEP_MS),
      farBack: () => go(-FAR_MS),
      farOn: () => go(FAR_MS),
      slower: () => playback.setSpeed(nextSpeed(playback.state().speed, -1)),
      faster: () => playback.setSpeed(nextSpeed(playback.state().speed, 1)),
    };
    const press = (event: KeyboardEvent) => {
      const key = playerKey(event);
      if (!key || isBusy(event.target, key)) return;
      const run = own[key] ?? latest.current[key as keyof OtherKeys];
      if (!run) return;
      event.preventDefault();
      // A button that was clicked last must not be pressed by the space bar too.
      if (event.target instanceof HTMLElement) event.target.blur();
      run();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [playback]);
}
