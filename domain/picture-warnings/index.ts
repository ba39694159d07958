export * from './migrations.ts';
export * from './queries.ts';
export { forgetStills } from './retention.ts';
export { pictureStills } from './stills.ts';
export { judgeWarning, storeWarning, type Verdict, warningsOf } from './warnings.ts';
