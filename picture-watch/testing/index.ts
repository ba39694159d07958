export * from './clips.ts';
export * from './link-server.ts';
