export { EMBEDDED_METRIC, EmbeddedFaces } from './embedded/service.ts';
export { forLibrary } from './for-library.ts';
export { likenessOf, type Metric } from './likeness.ts';
export { openFaceService } from './open.ts';
export { MOST_BYTES, MOST_PIXELS } from './picture/kind.ts';
export { keepable } from './picture/keepable.ts';
export { DEFAULT_QUALITY } from './picture/quality.ts';
export { PictureRefused } from './picture/refused.ts';
export * from './port.ts';
