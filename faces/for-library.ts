import { keepable } from './picture/keepable.ts';
import type { FaceService } from './port.ts';

/** A face service with what the library needs besides (`FaceLooker` of the domain). */
export const forLibrary = (faces: FaceService) => ({
  get model() {
    return faces.model;
  },
  examine: (...given: Parameters<FaceService['examine']>) => faces.examine(...given),
  describe: (...given: Parameters<FaceService['describe']>) => faces.describe(...given),
  likeness: (...given: Parameters<FaceService['likeness']>) => faces.likeness(...given),
  keepable,
});
