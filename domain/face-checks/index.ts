export {
  type FaceCheckDeps,
  type FaceCheckSubject,
  faceCheckPictures,
  fileOf as faceCheckFile,
  openFaceCheck,
  ownFaceCheck,
  requireFaceEntry,
  takeFacePicture,
} from './checks.ts';
export { forgetFaceChecks } from './retention.ts';
export { countWaiting, decideFaceCheck, findFaceCheck, listFaceChecks } from './decisions.ts';
export { faceCheckMigrations, faceCheckScopes } from './migrations.ts';
export type { LiveFaces } from './port.ts';
