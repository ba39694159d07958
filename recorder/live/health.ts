import type { ServiceHealth } from '@qinqiao/contracts';

/** How a call's recording is. `detail` is for machines and logs: what and where. */
export interface RecordingHealth {
  health: ServiceHealth;
  detail: string | null;
}

export const HEALTHY: RecordingHealth = { health: 'ok', detail: null };

/** What the disk says, in the words of the contract's error codes where there is one. */
export function describeWriteError(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'storage_full' : `write_failed ${code}`;
}

export const isSame = (a: RecordingHealth, b: RecordingHealth): boolean => a.health === b.health && a.detail === b.detail;
