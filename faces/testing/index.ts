export * from './pictures.ts';
export { turnedHead } from './turned-head.ts';
export * from './zip.ts';
