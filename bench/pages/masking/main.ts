import {
  type FaceAnswer,
  type HelperImage,
  MASK_HEIGHT,
  MASK_WIDTH,
  MaskPump,
  PumpLine,
  type PumpReport,
  type SegmenterAnswer,
  startHelper,
} from '@qinqiao/client-sdk/picture/testing';
import { HEIGHT, openScenes, penOf, type Scene, WIDTH } from './scene.ts';

declare const MASKING_ASSETS: string;
const assets = new URL(MASKING_ASSETS, document.baseURI).href;
const POLICY = { mode: 'colour', colour: '#205080' } as const;
const MASK_COLOUR = [32, 80, 128] as const;
const SIZE = { width: WIDTH, height: HEIGHT };
const FRAME_MS = 40;
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

interface Pipeline {
  costMs: number[];
  framesPerSecond: number[];
  /** Reports (four a second) of black, by fault. */
  black: Record<string, number>;
}

/** The real pipeline, as in a call: a moving person at 25 frames per second, both helpers, a track at its end. */
async function pipeline(people: Record<string, string>, seconds: number): Promise<Pipeline> {
  const [scene] = await openScenes(people);
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [WIDTH, HEIGHT];
  const pen = canvas.getContext('2d');
  const scratch = penOf();
  const timer = setInterval(() => {
    scene?.draw(scratch, 0.5 + 0.05 * Math.sin(performance.now() / 800));
    pen?.drawImage(scratch.canvas, 0, 0);
  }, FRAME_MS);
  const reports: PumpReport[] = [];
  const line = new PumpLine({ assets, policy: POLICY, onReport: (report) => reports.push(report), onGone: () => {} });
  line.visible = true;
  line.camera(canvas.captureStream(25).getVideoTracks()[0] ?? null);
  while (reports.at(-1)?.state !== 'masked') await sleep(100);
  await sleep(3000);
  reports.length = 0;
  await sleep(seconds * 1000);
  const masked = reports.filter(({ state }) => state === 'masked');
  line.close();
  clearInterval(timer);
  const black: Record<string, number> = {};
  for (const { fault } of reports) if (fault) black[fault] = (black[fault] ?? 0) + 1;
  return { costMs: masked.map(({ costMs }) => costMs), framesPerSecond: masked.map(({ framesPerSecond }) => framesPerSecond), black };
}

/** The real model on pictures, one after the other. */
async function openModel(): Promise<(image: HelperImage) => Promise<SegmenterAnswer>> {
  const { port } = startHelper('segmenter', assets);
  let answered: (answer: SegmenterAnswer) => void = () => {};
  const next = () => new Promise<SegmenterAnswer>((resolve) => (answered = resolve));
  port.addEventListener('message', ({ data }: MessageEvent<SegmenterAnswer>) => answered(data));
  const ready = next();
  port.start();
  await ready;
  return (image) => {
    const answer = next();
    port.postMessage(image, [image.pixels]);
    return answer;
  };
}

/** A pump of which the test is camera, helpers, clock and network. */
class Lab {
  now = 0;
  asked: HelperImage | null = null;
  askedFaces: HelperImage | null = null;
  readonly emitted: { masked: boolean; pixels: Uint8ClampedArray }[] = [];
  keep: (canvas: OffscreenCanvas) => Uint8ClampedArray = () => new Uint8ClampedArray();
  readonly pump = new MaskPump({
    policy: POLICY,
    emit: (canvas) => this.emitted.push({ masked: this.pump.report.state === 'masked', pixels: this.keep(canvas) }) > 0,
    toSegmenter: (image) => {
      this.asked = image;
    },
    toFaces: (image) => {
      this.askedFaces = image;
    },
    now: () => this.now,
  });

  constructor() {
    this.pump.segmenterSays({ type: 'ready' });
    this.pump.facesSay({ type: 'ready' });
  }

  frame(canvas: OffscreenCanvas): void {
    this.now += FRAME_MS;
    this.pump.frame(canvas, SIZE);
  }
}

const pixelsOf = (canvas: OffscreenCanvas) => canvas.getContext('2d')?.getImageData(0, 0, WIDTH, HEIGHT).data ?? new Uint8ClampedArray();
const distance = (pixels: Uint8ClampedArray, at: number, colour: ArrayLike<number>, from = 0) =>
  Math.hypot(...[0, 1, 2].map((channel) => (pixels[at + channel] ?? 0) - (colour[from + channel] ?? 0)));

/** Share of the wall's points that can still be told: nearer to the wall than to the mask's colour. */
function survivors(out: Uint8ClampedArray, { wall, person }: ReturnType<Scene['truth']>): number {
  let points = 0;
  let seen = 0;
  for (let point = 0; point < person.length; point++) {
    if (person[point]) continue;
    points++;
    if (distance(out, point * 4, wall, point * 4) < distance(out, point * 4, MASK_COLOUR)) seen++;
  }
  return seen / points;
}

/** Share of the wall that survives in the worker's output, of each scene, the person moving. */
async function leaks(
  people: Record<string, string>,
  frames: number,
): Promise<{ scene: string; mean: number; worst: number; black: number }[]> {
  const model = await openModel();
  const found = [];
  for (const scene of await openScenes(people)) {
    const lab = new Lab();
    lab.keep = pixelsOf;
    const pen = penOf();
    const shares: number[] = [];
    for (let i = 0; i < frames; i++) {
      const x = 0.5 + 0.12 * Math.sin(i / 5);
      scene.draw(pen, x);
      lab.frame(pen.canvas);
      if (lab.asked) lab.pump.segmenterSays(await model(lab.asked));
      lab.asked = null;
      lab.pump.facesSay({ type: 'faces', job: i, faces: peopleOf(1) });
      const last = lab.emitted.splice(0).at(-1);
      if (last?.masked) shares.push(survivors(last.pixels, scene.truth(x)));
    }
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    found.push({ scene: scene.name, mean, worst: Math.max(...shares), black: frames - shares.length });
  }
  return found;
}

type Fault = 'throw' | 'late' | 'full' | 'half' | 'wrong size' | 'old mask' | 'two people' | 'no faces' | 'camera' | 'hidden' | 'exchanged';
const FAULTS: Fault[] = [
  'throw',
  'late',
  'full',
  'half',
  'wrong size',
  'old mask',
  'two people',
  'no faces',
  'camera',
  'hidden',
  'exchanged',
];
/** Of the picture's points, beyond which a frame shows the wall. */
const RAW_FROM = 0.005;

/** Frames with faults at random between healthy ones; a raw frame is one in which the wall is seen. `seed` makes it repeatable. */
async function faults(people: Record<string, string>, wanted: number, seed: number): Promise<Record<string, unknown>> {
  const [scene] = await openScenes(people);
  const model = await openModel();
  const pen = penOf();
  scene?.draw(pen, 0.5);
  const small = new OffscreenCanvas(MASK_WIDTH, MASK_HEIGHT).getContext('2d');
  small?.drawImage(pen.canvas, 0, 0, MASK_WIDTH, MASK_HEIGHT);
  const pixels = small?.getImageData(0, 0, MASK_WIDTH, MASK_HEIGHT).data.buffer ?? new ArrayBuffer(0);
  const answer = await model({ job: 0, width: MASK_WIDTH, height: MASK_HEIGHT, pixels });
  if (answer.type !== 'mask') throw new Error('the model gives no mask');
  const good = new Uint8ClampedArray(answer.mask);
  return play(pen.canvas, good, wanted, randomOf(seed));
}

const peopleOf = (people: number) => Array.from({ length: people }, (_, i) => ({ score: 0.9, box: [i * 60, 20, 50, 50] as const }));

/** Park and Miller's generator, 0…1. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function play(frame: OffscreenCanvas, good: Uint8ClampedArray, wanted: number, random: () => number): Record<string, unknown> {
  const lab = new Lab();
  const watch = new OffscreenCanvas(160, 120).getContext('2d', { willReadFrequently: true });
  lab.keep = (canvas) => {
    watch?.drawImage(canvas, 0, 0, 160, 120);
    return watch?.getImageData(0, 0, 160, 120).data ?? new Uint8ClampedArray();
  };
  const count = { frames: 0, raw: 0, masked: 0, black: 0, worst: 0, injected: {} as Record<string, number> };
  let old: SegmenterAnswer | null = null;
  while (count.frames < wanted) {
    const fault = random() < 0.25 ? (FAULTS[Math.floor(random() * FAULTS.length)] ?? null) : null;
    if (fault) count.injected[fault] = (count.injected[fault] ?? 0) + 1;
    lab.frame(frame);
    const job = lab.asked?.job ?? 0;
    const healthy = (): SegmenterAnswer => ({ type: 'mask', job, mask: good.slice().buffer });
    if (lab.asked) suffer(lab, fault, { healthy, job, good, old });
    if (lab.asked && random() < 0.3) old = healthy();
    lab.asked = null;
    lab.pump.tick();
    for (const { pixels, masked } of lab.emitted.splice(0)) {
      const share = wallIn(pixels);
      count.frames++;
      count[masked ? 'masked' : 'black']++;
      count.worst = Math.max(count.worst, share);
      if (share > RAW_FROM) count.raw++;
    }
  }
  return count;
}

interface Suffering {
  healthy: () => SegmenterAnswer;
  job: number;
  good: Uint8ClampedArray;
  old: SegmenterAnswer | null;
}

/** What the helpers answer to one frame. */
function suffer(lab: Lab, fault: Fault | null, { healthy, job, good, old }: Suffering): void {
  const { pump } = lab;
  const mask = (values: Uint8ClampedArray): SegmenterAnswer => ({ type: 'mask', job, mask: values.slice().buffer });
  const faces = (people: number): FaceAnswer => ({ type: 'faces', job, faces: peopleOf(people) });
  const acts: Record<Fault, () => void> = {
    throw: () => pump.segmenterSays({ type: 'failed', detail: 'injected' }),
    late: () => {
      lab.now += 400;
      pump.tick();
      pump.segmenterSays(healthy());
    },
    full: () => pump.segmenterSays(mask(new Uint8ClampedArray(good.length).fill(255))),
    half: () => pump.segmenterSays(mask(good.map((value, index) => (index < good.length / 2 ? 255 : value)))),
    'wrong size': () => pump.segmenterSays(mask(good.subarray(7))),
    'old mask': () => old && pump.segmenterSays(old),
    'two people': () => pump.facesSay(faces(2)),
    'no faces': () => {
      lab.now += 2500;
      pump.tick();
    },
    camera: () => pump.happened({ type: 'camera' }),
    hidden: () => pump.happened({ type: 'visible', visible: false }),
    exchanged: () => {
      pump.exchanged('segmenter');
      pump.segmenterSays({ type: 'ready' });
    },
  };
  if (fault) acts[fault]();
  if (fault === 'hidden') pump.happened({ type: 'visible', visible: true });
  if (lab.askedFaces) pump.facesSay(faces(1));
  lab.askedFaces = null;
  pump.segmenterSays(healthy());
}

/** Share of points in the chequer's two colours, which neither the person nor the mask has. */
function wallIn(pixels: Uint8ClampedArray): number {
  let seen = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const [r = 0, g = 0, b = 0] = pixels.subarray(at, at + 3);
    if (Math.min(r, b) - g > 60 || g - Math.max(r, b) > 60) seen++;
  }
  return seen / (pixels.length / 4);
}

const masking = { pipeline, leaks, faults };
declare global {
  interface Window {
    masking: typeof masking;
  }
}
window.masking = masking;
