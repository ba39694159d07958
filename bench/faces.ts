import { EmbeddedFaces, type FaceVector } from '@qinqiao/faces';
import { otherPictures, portrait, rawPixels } from '@qinqiao/faces/testing';
import { createLogger } from '@qinqiao/server-kit';
import sharp from 'sharp';
import { summary } from './statistics.ts';

const TIMES = 100;
const LISTS = [1, 5, 100, 10_000, 100_000];

/** The embedded face service with one thread: finding, describing, examining and comparing, and what it takes of the machine. */
export async function benchFaces(): Promise<object> {
  const before = process.memoryUsage().rss;
  const begin = performance.now();
  await using faces = new EmbeddedFaces({ threads: 1, log: createLogger('bench', 'warn') });
  const frame = await frameOf(await portrait('astronaut'));
  await faces.describe(frame, { pose: true });
  const readyMs = performance.now() - begin;
  const upload = await sharp(await portrait('hopper'))
    .resize(3000)
    .jpeg()
    .toBuffer();
  const cpu = process.cpuUsage();
  const detect = await timed(() => faces.detect(frame));
  const cpuOfDetect = Math.round(cpuMs(cpu) / TIMES);
  const { darker } = await otherPictures('astronaut');
  const looked = {
    readyMs: Math.round(readyMs),
    detectMs: summary(detect),
    detectCpuMs: cpuOfDetect,
    detectWithPoseMs: summary(await timed(() => faces.detect(frame, { pose: true }))),
    describeMs: summary(await timed(() => faces.describe(frame, { most: 1 }))),
    examine640x480Ms: summary(await timed(() => faces.examine({ encoded: darker }))),
    examine9MegapixelMs: summary(await timed(() => faces.examine({ encoded: upload }), TIMES / 5)),
    residentMb: Math.round((process.memoryUsage().rss - before) / 1e6),
  };
  return { ...looked, compare: compareLists(faces, (await faces.describe(frame, { most: 1 }))[0]!.vector) };
}

/** As a sampler takes it from a call: 640×480, raw. */
const frameOf = async (encoded: Uint8Array) =>
  rawPixels(await sharp(encoded).resize(640, 480, { fit: 'contain', background: '#667788' }).png().toBuffer());

async function timed(run: () => Promise<unknown>, times = TIMES): Promise<number[]> {
  const values: number[] = [];
  for (let at = 0; at < times; at += 1) {
    const begin = performance.now();
    await run();
    values.push(performance.now() - begin);
  }
  return values;
}

/** One face against lists of so many. */
function compareLists(faces: EmbeddedFaces, live: FaceVector) {
  const known = Array.from({ length: Math.max(...LISTS) }, () => ({
    ...live,
    values: live.values.map((value) => value + Math.random() / 10),
  }));
  return LISTS.map((length) => {
    const list = known.slice(0, length);
    const values = Array.from({ length: 20 }, () => {
      const begin = performance.now();
      for (const one of list) faces.likeness(live, one);
      return performance.now() - begin;
    });
    return { list: length, ms: summary(values) };
  });
}

const cpuMs = (since: NodeJS.CpuUsage) => {
  const { user, system } = process.cpuUsage(since);
  return Math.round((user + system) / 100) / 10;
};
