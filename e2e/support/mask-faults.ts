/// <reference lib="dom" />
import type { Page } from 'playwright-core';

/** What the masking is made to suffer: pass · failed: the model throws · slow: it answers after 700 ms · all: it takes the wall for a person. */
export type MaskFaultMode = 'pass' | 'failed' | 'slow' | 'all';
declare global {
  interface Window {
    maskFaults: { mode: MaskFaultMode; terminate(name: string): number };
  }
}

/**
 * Runs in the tablet's page before anything else and stands between the product's own workers: the build that is tested is the one
 * that is shipped. Self-contained, because it is sent as text.
 */
export function installMaskFaults(): void {
  const workers: { name: string; worker: Worker }[] = [];
  const faults: Window['maskFaults'] = {
    mode: 'pass',
    terminate: (name) => {
      const ours = workers.filter((one) => one.name === name);
      for (const { worker } of ours) worker.terminate();
      return ours.length;
    },
  };
  window.maskFaults = faults;
  const spoil = (answer: { type: string; mask?: ArrayBuffer }, pass: (answer: object) => void) => {
    if (answer.type !== 'mask' || faults.mode === 'pass') pass(answer);
    else if (faults.mode === 'failed') pass({ type: 'failed', detail: 'forced' });
    else if (faults.mode === 'slow') setTimeout(() => pass(answer), 700);
    else pass({ ...answer, mask: new Uint8Array(answer.mask?.byteLength ?? 0).fill(255).buffer });
  };
  const between = (outer: MessagePort): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    port1.addEventListener('message', ({ data }) => spoil(data, (answer) => outer.postMessage(answer, [])));
    outer.addEventListener('message', ({ data }) => port1.postMessage(data));
    port1.start();
    outer.start();
    return port2;
  };
  const Native = window.Worker;
  window.Worker = class extends Native {
    readonly #name: string;
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      this.#name = options?.name ?? '';
      workers.push({ name: this.#name, worker: this });
    }
    override postMessage(message: unknown, transfer?: Transferable[] | StructuredSerializeOptions): void {
      const start = message as { port?: MessagePort };
      if (this.#name !== 'mask-segmenter' || !start.port) super.postMessage(message, transfer as Transferable[]);
      else {
        const port = between(start.port);
        super.postMessage({ ...start, port }, [port]);
      }
    }
  };
}

export const setMaskFault = (page: Page, mode: MaskFaultMode) =>
  page.evaluate((wanted) => {
    window.maskFaults.mode = wanted;
  }, mode);
