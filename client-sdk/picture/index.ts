export { canMask } from './insertable.ts';
export { type MaskingEvents, type MaskingOptions, MaskingStage } from './masking-stage.ts';
