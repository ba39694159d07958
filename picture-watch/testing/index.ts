export * from './clips.ts';
export * from './link-server.ts';
export * from './sampler.ts';
export * from './samples.ts';
