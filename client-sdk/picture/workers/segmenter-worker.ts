// A classic worker: the library loads its parts with importScripts. Hence no imports here but of types.
import type { HelperImage, HelperStart, SegmenterAnswer } from '../protocol.ts';

interface Results {
  segmentationMask: CanvasImageSource;
}
interface Segmentation {
  setOptions(options: { modelSelection: 0 | 1; selfieMode: boolean; useCpuInference: boolean }): void;
  onResults(listener: (results: Results) => void): void;
  initialize(): Promise<void>;
  send(input: { image: OffscreenCanvas }): Promise<void>;
}
interface WorkerScope {
  importScripts(...urls: string[]): void;
  addEventListener(name: 'message', listener: (event: MessageEvent<HelperStart>) => void): void;
  SelfieSegmentation: new (options: { locateFile: (file: string) => string }) => Segmentation;
}
const scope = globalThis as unknown as WorkerScope & Record<string, unknown>;

const WIDTH = 256;
const HEIGHT = 144;

/** The library believes itself in a page: it makes canvases and script elements, and looks at `window`. */
function pretendPage(): void {
  const element = (tag: string) => {
    const listeners: Record<string, ((event: unknown) => void)[]> = {};
    const attributes: Record<string, string> = {};
    return {
      tag,
      attributes,
      style: {},
      setAttribute: (name: string, value: string) => {
        attributes[name] = value;
      },
      getAttribute: () => null,
      addEventListener: (name: string, listener: (event: unknown) => void) => {
        listeners[name] = [...(listeners[name] ?? []), listener];
      },
      removeEventListener() {},
      dispatch: (name: string, event: unknown) => {
        for (const listener of listeners[name] ?? []) listener(event);
      },
    };
  };
  const createElement = (tag: string) => (tag === 'canvas' ? Object.assign(new OffscreenCanvas(1, 1), { style: {} }) : element(tag));
  const load = (script: ReturnType<typeof element>) => {
    const { src } = script.attributes;
    if (script.tag !== 'script' || src === undefined) return;
    try {
      page.currentScript = { src, getAttribute: () => null };
      scope.importScripts(src);
      queueMicrotask(() => script.dispatch('load', {}));
    } catch (error) {
      queueMicrotask(() => script.dispatch('error', error));
    }
  };
  const page = {
    currentScript: null as unknown,
    createElement,
    addEventListener() {},
    removeEventListener() {},
    getElementById: () => null,
    querySelector: () => null,
    body: { appendChild: load },
  };
  scope['window'] = scope;
  scope['document'] = page;
}

/** Loads the model and runs it once, as the first run is much slower than the others. */
async function open(assets: string): Promise<(image: HelperImage) => Promise<ArrayBuffer>> {
  pretendPage();
  scope.importScripts(`${assets}selfie_segmentation.js`);
  const segmentation = new scope.SelfieSegmentation({ locateFile: (file) => assets + file });
  const { input, output } = { input: canvas(), output: canvas() };
  let result: CanvasImageSource | null = null;
  // On the processor: 15 ms here, where WebGL without a graphics card takes 160 and reading a graphics card back is no faster.
  segmentation.setOptions({ modelSelection: 1, selfieMode: false, useCpuInference: true });
  segmentation.onResults(({ segmentationMask }) => {
    result = segmentationMask;
  });
  await segmentation.initialize();
  const run = async ({ pixels }: HelperImage): Promise<ArrayBuffer> => {
    result = null;
    input.context.putImageData(new ImageData(new Uint8ClampedArray(pixels), WIDTH, HEIGHT), 0, 0);
    await segmentation.send({ image: input.canvas });
    if (!result) throw new Error('no mask');
    output.context.globalCompositeOperation = 'copy';
    output.context.drawImage(result, 0, 0, WIDTH, HEIGHT);
    return alphaOf(output.context.getImageData(0, 0, WIDTH, HEIGHT).data);
  };
  await run({ job: 0, width: WIDTH, height: HEIGHT, pixels: new ArrayBuffer(WIDTH * HEIGHT * 4) });
  return run;
}

function canvas(): { canvas: OffscreenCanvas; context: OffscreenCanvasRenderingContext2D } {
  const made = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = made.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no canvas');
  return { canvas: made, context };
}

function alphaOf(pixels: Uint8ClampedArray): ArrayBuffer {
  const mask = new Uint8ClampedArray(pixels.length / 4);
  for (let index = 0; index < mask.length; index++) mask[index] = pixels[index * 4 + 3] ?? 0;
  return mask.buffer;
}

scope.addEventListener('message', ({ data: { port, assets } }) => {
  const say = (answer: SegmenterAnswer, transfer: Transferable[] = []) => port.postMessage(answer, transfer);
  const failed = (error: unknown) => say({ type: 'failed', detail: String(error) });
  const opened = open(assets);
  opened.then(() => say({ type: 'ready' }), failed);
  port.addEventListener('message', ({ data }: MessageEvent<HelperImage>) => {
    void opened
      .then((run) => run(data))
      .then((mask) => say({ type: 'mask', job: data.job, mask }, [mask]))
      .catch(failed);
  });
  port.start();
});
