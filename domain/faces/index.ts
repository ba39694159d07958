export * from './faces.ts';
export { countOutdated, type LibraryFilter, listFacePeople } from './library.ts';
export type { FaceLooker } from './looker.ts';
export * from './migrations.ts';
export type { FaceOwner } from './people.ts';
export { addRun, type FaceRun, listRunRows, listRuns, requireRun, runningRecompute, viewRun } from './runs.ts';
export { FACE_RUN_JOB, type FaceRunsDeps, startFaceRuns } from './service.ts';
export { tidyFaces } from './tidy.ts';
export * from './vectors.ts';
