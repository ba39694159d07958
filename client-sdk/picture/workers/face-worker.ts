// A classic worker: the library is loaded with importScripts. Hence no imports here but of types.
import type { FaceBox } from '../people-in.ts';
import type { FaceAnswer, HelperImage, HelperStart } from '../protocol.ts';

interface FaceLibrary {
  load(): Promise<void>;
  detect(input: ImageData): Promise<{ face: FaceBox[]; error?: string | null }>;
}
interface WorkerScope {
  importScripts(...urls: string[]): void;
  addEventListener(name: 'message', listener: (event: MessageEvent<HelperStart>) => void): void;
  Human: { Human: new (config: object) => FaceLibrary };
}
const scope = globalThis as unknown as WorkerScope & Record<string, unknown>;

/** Less sure than what counts in the end: see `peopleIn`. */
const SURE_FROM = 0.3;
const OFF = { enabled: false };

const configFor = (assets: string) => ({
  backend: 'wasm',
  wasmPath: assets,
  modelBasePath: assets,
  cacheSensitivity: 0,
  debug: false,
  filter: OFF,
  face: {
    enabled: true,
    detector: { modelPath: 'blazeface.json', rotation: false, maxDetected: 4, minConfidence: SURE_FROM, skipFrames: 0, skipTime: 0 },
    mesh: OFF,
    iris: OFF,
    emotion: OFF,
    description: OFF,
    antispoof: OFF,
    liveness: OFF,
  },
  body: OFF,
  hand: OFF,
  gesture: OFF,
  object: OFF,
  segmentation: OFF,
});

async function open(assets: string): Promise<(image: HelperImage) => Promise<FaceBox[]>> {
  // The library asks for it by name, without `typeof`.
  scope['window'] ??= undefined;
  scope.importScripts(`${assets}human.js`);
  const library = new scope.Human.Human(configFor(assets));
  await library.load();
  return async ({ pixels, width, height }) => {
    const { face, error } = await library.detect(new ImageData(new Uint8ClampedArray(pixels), width, height));
    if (error) throw new Error(error);
    return face.map(({ score, box }) => ({ score, box }));
  };
}

scope.addEventListener('message', ({ data: { port, assets } }) => {
  const say = (answer: FaceAnswer) => port.postMessage(answer);
  const failed = (error: unknown) => say({ type: 'failed', detail: String(error) });
  const opened = open(assets);
  opened.then(() => say({ type: 'ready' }), failed);
  port.addEventListener('message', ({ data }: MessageEvent<HelperImage>) => {
    void opened
      .then((count) => count(data))
      .then((faces) => say({ type: 'faces', job: data.job, faces }))
      .catch(failed);
  });
  port.start();
});
