import { mkdir } from 'node:fs/promises';
import { QinqiaoError, type ServiceHealth } from '@qinqiao/contracts';

export interface Space {
  health: ServiceHealth;
  detail: 'storage_full' | 'storage_low' | 'storage_unreachable' | null;
  freeBytes: number | null;
}

/** Watches the space where recordings go. */
export class SpaceWatch {
  readonly #folder: string;
  readonly #minFreeBytes: number;
  readonly #measure: (path: string) => Promise<number>;

  /** Under `minFreeBytes` no call is taken on; under twice that much it is said to run low. */
  constructor(folder: string, minFreeBytes: number, measure: (path: string) => Promise<number>) {
    this.#folder = folder;
    this.#minFreeBytes = minFreeBytes;
    this.#measure = measure;
  }

  async look(): Promise<Space> {
    try {
      await mkdir(this.#folder, { recursive: true });
      const freeBytes = await this.#measure(this.#folder);
      if (freeBytes < this.#minFreeBytes) return { health: 'down', detail: 'storage_full', freeBytes };
      if (freeBytes < 2 * this.#minFreeBytes) return { health: 'degraded', detail: 'storage_low', freeBytes };
      return { health: 'ok', detail: null, freeBytes };
    } catch {
      return { health: 'down', detail: 'storage_unreachable', freeBytes: null };
    }
  }

  /** Throws `storage_full` or `recording_unavailable` when no further call can be taken on. */
  async assertRoom(): Promise<void> {
    const { health, detail } = await this.look();
    if (health !== 'down') return;
    throw new QinqiaoError(detail === 'storage_full' ? 'storage_full' : 'recording_unavailable', { detail: detail ?? 'no space' });
  }
}
