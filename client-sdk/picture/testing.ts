// The parts of the masking, for benches and for pages that test it; the apps use `MaskingStage`.
export { MASK_LIMIT_MS } from './mask-guard.ts';
export { MaskPump, type PumpOptions } from './mask-pump.ts';
export { MASK_HEIGHT, MASK_WIDTH } from './mask-refiner.ts';
export type { FaceAnswer, HelperImage, PumpReport, SegmenterAnswer } from './protocol.ts';
export { PumpLine, startHelper } from './pump-line.ts';
