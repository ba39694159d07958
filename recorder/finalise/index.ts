export * from './checks.ts';
export * from './ffmpeg.ts';
export * from './finalise.ts';
export * from './manifest.ts';
export { finaliseInWorker } from './run-in-worker.ts';
export { type Codec, codecOf } from './streams.ts';
