import { MaskPump } from '../mask-pump.ts';
import type { FaceAnswer, PumpOrder, SegmenterAnswer } from '../protocol.ts';

const TICK_MS = 50;
const REPORT_MS = 250;

interface WorkerScope {
  addEventListener(name: 'message', listener: (event: MessageEvent<PumpOrder>) => void): void;
  postMessage(message: unknown, options: StructuredSerializeOptions): void;
}
const scope = globalThis as unknown as WorkerScope;

/** What runs once the worker has been told where to write. */
class Running {
  readonly #pump: MaskPump;
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  #reader: ReadableStreamDefaultReader<VideoFrame> | null = null;
  #ports: { segmenter: MessagePort | null; faces: MessagePort | null } = { segmenter: null, faces: null };
  #said = '';

  constructor({ writable, policy }: Extract<PumpOrder, { type: 'start' }>) {
    this.#writer = writable.getWriter();
    this.#pump = new MaskPump({
      policy,
      now: () => performance.now(),
      emit: (canvas, timestamp) => this.#write(new VideoFrame(canvas, { timestamp, alpha: 'discard' })),
      toSegmenter: (image) => this.#ports.segmenter?.postMessage(image, [image.pixels]),
      toFaces: (image) => this.#ports.faces?.postMessage(image, [image.pixels]),
    });
    setInterval(() => this.#tick(), TICK_MS);
    setInterval(() => this.#report(), REPORT_MS);
  }

  hear(order: PumpOrder): void {
    switch (order.type) {
      case 'camera':
        // Black is of the size that the pictures will have, so that the picture does not change its size when it comes.
        if (order.size) this.#pump.fit(order.size);
        this.#pump.happened({ type: 'camera' });
        void this.#read(order.readable);
        break;
      case 'noCamera':
        this.#pump.happened({ type: 'camera' });
        this.#stopReading();
        break;
      case 'segmenter':
        this.#connect('segmenter', order.port, ({ data }: MessageEvent<SegmenterAnswer>) => this.#pump.segmenterSays(data));
        break;
      case 'faces':
        this.#connect('faces', order.port, ({ data }: MessageEvent<FaceAnswer>) => this.#pump.facesSay(data));
        break;
      case 'policy':
        this.#pump.policy = order.policy;
        break;
      case 'visible':
      case 'failed':
        this.#pump.happened(order);
        break;
      case 'start':
        break;
    }
    this.#tick();
  }

  #connect(helper: 'segmenter' | 'faces', port: MessagePort, listener: (event: MessageEvent) => void): void {
    this.#ports[helper]?.close();
    this.#ports[helper] = port;
    this.#pump.exchanged(helper);
    port.addEventListener('message', (event) => {
      if (this.#ports[helper] === port) listener(event);
    });
    port.start();
  }

  async #read(readable: ReadableStream<VideoFrame>): Promise<void> {
    this.#stopReading();
    const reader = readable.getReader();
    this.#reader = reader;
    while (this.#reader === reader) {
      const { value, done } = await reader.read();
      if (done) return;
      if (this.#reader !== reader) return value.close();
      this.#pump.frame(value, { width: value.displayWidth, height: value.displayHeight });
    }
  }

  #stopReading(): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.cancel().catch(() => {});
  }

  /** A frame that nobody takes in time is dropped; none waits. */
  #write(frame: VideoFrame): boolean {
    if ((this.#writer.desiredSize ?? 0) <= 0) {
      frame.close();
      return false;
    }
    this.#writer.write(frame).catch(() => frame.close());
    return true;
  }

  #tick(): void {
    const { state, fault } = this.#pump.report;
    this.#pump.tick();
    if (this.#said !== `${state} ${fault}`) this.#report();
  }

  #report(): void {
    const { report } = this.#pump;
    this.#said = `${report.state} ${report.fault}`;
    scope.postMessage(report, {});
  }
}

let running: Running | null = null;
scope.addEventListener('message', ({ data }) => {
  if (data.type === 'start') running ??= new Running(data);
  else running?.hear(data);
});
