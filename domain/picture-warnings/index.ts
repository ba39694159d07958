export * from './migrations.ts';
export * from './queries.ts';
export { PictureStills } from './stills.ts';
export { judgeWarning, storeWarning, type Verdict, warningsOf } from './warnings.ts';
