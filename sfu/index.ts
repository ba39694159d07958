export * from './codecs.ts';
export * from './mediasoup-engine.ts';
export * from './port.ts';
