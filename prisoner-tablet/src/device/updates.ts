import { registerSW } from 'virtual:pwa-register';

const CHECK_MS = 30 * 60_000;
let apply: (() => void) | null = null;

/** Registers the service worker (the tablet opens without network) and looks for new versions from time to time. */
export function watchUpdates(): void {
  const update = registerSW({
    onNeedRefresh: () => {
      apply = () => void update(true);
    },
    onRegisteredSW: (_url, registration) => {
      if (registration) setInterval(() => void registration.update().catch(() => {}), CHECK_MS);
    },
  });
}

/** Changes to a waiting version. To be called only where nobody is disturbed. */
export function applyUpdate(): void {
  apply?.();
}
