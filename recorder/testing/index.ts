export * from './flash-beep.ts';
export * from './measure-sync.ts';
export * from './packetise.ts';
export * from './virtual-call.ts';
export * from './virtual-sender.ts';
export * from './rtp-from-file.ts';
export * from './replay.ts';
