// The models, in the thread that runs them. Nothing else of the process loads TensorFlow.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Detector } from './detector.ts';

export interface Tensor {
  shape: number[];
  size: number;
  dataSync(): Float32Array;
}
export interface Model {
  execute(input: Tensor): Tensor[];
}
export interface Tf {
  image: { resizeBilinear(tensor: Tensor, size: [number, number]): Tensor };
  loadGraphModel(url: string): Promise<Model>;
  tensor3d(values: Int32Array, shape: [number, number, number], type: 'int32'): Tensor;
  tensor4d(values: Float32Array, shape: [number, number, number, number], type: 'float32'): Tensor;
  slice(tensor: Tensor, begin: number[], size: number[]): Tensor;
  dispose(tensors: Tensor | Tensor[]): void;
  memory(): { numTensors: number };
}
interface HumanFace {
  box: [number, number, number, number];
  rotation: { angle: { yaw: number; pitch: number } } | null;
}
interface Human {
  tf: { setBackend(name: string): Promise<boolean>; ready(): Promise<void> };
  load(): Promise<void>;
  detect(tensor: Tensor, config: object): Promise<{ face: HumanFace[]; error?: string | null }>;
}
interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}
interface Landmarks {
  shiftBy(x: number, y: number): Landmarks;
  align(): Box;
}
interface FaceApi {
  nets: {
    faceLandmark68Net: { loadFromDisk(folder: string): Promise<void>; detectLandmarks(face: Tensor): Promise<Landmarks> };
    faceRecognitionNet: { loadFromDisk(folder: string): Promise<void>; computeFaceDescriptor(face: Tensor): Promise<Float32Array> };
  };
}

export interface Models {
  tf: Tf;
  detector: Detector;
  human: Human;
  faceApi: FaceApi;
}

const OFF = { enabled: false };
const SETTINGS = {
  backend: 'wasm',
  cacheSensitivity: 0,
  async: false,
  filter: OFF,
  face: {
    enabled: true,
    detector: { rotation: false, maxDetected: 10, minConfidence: 0.3, skipFrames: 0, skipTime: 0, return: false },
    mesh: { enabled: true },
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
};

/** Loads the models from their packages in node_modules; nothing comes from the network. */
export async function loadModels(): Promise<Models> {
  const require = createRequire(import.meta.url);
  // human's map of exports names no WebAssembly build that `require` could find, so it is taken by its path.
  const humanFolder = dirname(require.resolve('@vladmandic/human'));
  const faceApiFolder = dirname(require.resolve('@vladmandic/face-api'));
  const wasmFolder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  readFilesByFetch();
  const tf = require('@tensorflow/tfjs') as Tf;
  (require('@tensorflow/tfjs-backend-wasm') as { setThreadsCount(count: number): void }).setThreadsCount(1);
  const { Human } = require(join(humanFolder, 'human.node-wasm.js')) as { Human: new (settings: object) => Human };
  const modelBasePath = `${pathToFileURL(join(humanFolder, '../models')).href}/`;
  const human = new Human({ ...SETTINGS, modelBasePath, wasmPath: `${join(wasmFolder, '../dist')}/` });
  await human.tf.setBackend('wasm');
  await human.tf.ready();
  await human.load();
  const detector = new Detector(tf, await tf.loadGraphModel(`${modelBasePath}blazeface.json`));
  const faceApi = require(join(faceApiFolder, 'face-api.node-wasm.js')) as FaceApi;
  await faceApi.nets.faceLandmark68Net.loadFromDisk(join(faceApiFolder, '../model'));
  await faceApi.nets.faceRecognitionNet.loadFromDisk(join(faceApiFolder, '../model'));
  return { tf, detector, human, faceApi };
}

/** TensorFlow reads a model with fetch, which knows no files. In this thread it reads files and nothing else. */
function readFilesByFetch(): void {
  globalThis.fetch = async (input) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (url.protocol !== 'file:') throw new Error('The models are read from files only');
    return new Response(readFileSync(url));
  };
}
