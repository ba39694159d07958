import type { Config, Logger } from '@qinqiao/server-kit';
import { EmbeddedFaces } from './embedded/service.ts';
import { HttpFaces } from './http/service.ts';
import { NoFaces } from './none.ts';
import type { FaceService } from './port.ts';

/**
 * Opens the face service that the configuration names. It answers at once; the embedded one loads its models in its threads meanwhile, and
 * what is asked before they are ready waits. Open one per process: each holds the models in memory.
 */
export function openFaceService({ faces }: Pick<Config, 'faces'>, log: Logger): FaceService {
  if (faces.engine === 'embedded') return new EmbeddedFaces({ threads: faces.threads, log });
  return faces.engine === 'http' ? new HttpFaces(faces, log) : new NoFaces();
}
