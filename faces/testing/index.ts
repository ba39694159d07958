export { FINDS_NOBODY } from './finds-nobody.ts';
export * from './pictures.ts';
export { turnedHead } from './turned-head.ts';
export * from './zip.ts';
