import type { MaskPolicy } from '@qinqiao/contracts';
import { framesOf, writableTrack } from './insertable.ts';
import { HELPERS, type HelperName, type HelperStart, type PumpOrder, type PumpReport } from './protocol.ts';

export interface PumpLineOptions {
  assets: string;
  policy: MaskPolicy;
  onReport: (report: PumpReport) => void;
  /** The pump's worker said that it cannot go on. */
  onGone: () => void;
}

/** The workers of one masked track: the pump that writes it, and the helpers that know faces and shapes. */
export class PumpLine {
  readonly track: MediaStreamTrack;
  readonly #assets: string;
  readonly #pump: Worker;
  readonly #helpers = new Map<HelperName, Worker>();

  constructor({ assets, policy, onReport, onGone }: PumpLineOptions) {
    const { track, writable } = writableTrack();
    this.track = track;
    this.#assets = new URL(assets, document.baseURI).href;
    this.#pump = new Worker(new URL('./workers/pump-worker.ts', import.meta.url), { name: 'mask-pump', type: 'module' });
    this.#pump.addEventListener('message', ({ data }: MessageEvent<PumpReport>) => onReport(data));
    this.#pump.addEventListener('error', onGone);
    this.#order({ type: 'start', writable, policy }, [writable]);
    for (const helper of HELPERS) this.exchange(helper);
  }

  camera(raw: MediaStreamTrack | null): void {
    if (!raw) return this.#order({ type: 'noCamera' });
    const readable = framesOf(raw);
    const { width, height } = raw.getSettings();
    this.#order({ type: 'camera', readable, size: width && height ? { width, height } : null }, [readable]);
  }

  set policy(policy: MaskPolicy) {
    this.#order({ type: 'policy', policy });
  }

  set visible(visible: boolean) {
    this.#order({ type: 'visible', visible });
  }

  /** Ends a helper, if there is one, and starts another in its place. */
  exchange(helper: HelperName): void {
    this.#helpers.get(helper)?.terminate();
    const { worker, port } = startHelper(helper, this.#assets);
    this.#helpers.set(helper, worker);
    worker.addEventListener('error', () => this.#order({ type: 'failed' }));
    this.#order({ type: helper, port }, [port]);
  }

  close(): void {
    this.#pump.terminate();
    for (const worker of this.#helpers.values()) worker.terminate();
    this.track.stop();
  }

  #order(order: PumpOrder, transfer: Transferable[] = []): void {
    this.#pump.postMessage(order, transfer);
  }
}

/** Starts a helper; its answers come through the port. `assets`: the models' folder, absolute. */
export function startHelper(helper: HelperName, assets: string): { worker: Worker; port: MessagePort } {
  const worker = newHelper[helper]();
  const { port1, port2 } = new MessageChannel();
  const start: HelperStart = { port: port1, assets };
  worker.postMessage(start, [port1]);
  return { worker, port: port2 };
}

// Each written out: the bundler finds workers by this form.
const newHelper: Record<HelperName, () => Worker> = {
  segmenter: () => new Worker(new URL('./workers/segmenter-worker.ts', import.meta.url), { name: 'mask-segmenter' }),
  faces: () => new Worker(new URL('./workers/face-worker.ts', import.meta.url), { name: 'mask-faces' }),
};
