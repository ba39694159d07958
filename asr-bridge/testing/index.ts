export * from './rtp-sender.ts';
export * from './speak.ts';
export * from './trial-program.ts';
