import { QinqiaoError } from '@qinqiao/contracts';
import type { FaceService } from './port.ts';

/** Where faces are switched off: whoever asks is told that there is no service, and lets nobody in by face. */
export class NoFaces implements FaceService {
  readonly model = '';
  readonly healthy = false;

  detect(): Promise<never> {
    return unavailable();
  }
  describe(): Promise<never> {
    return unavailable();
  }
  examine(): Promise<never> {
    return unavailable();
  }
  likeness(): never {
    throw new QinqiaoError('face_service_unavailable', { detail: 'QINQIAO_FACES is none' });
  }
  async [Symbol.asyncDispose](): Promise<void> {}
}

const unavailable = () => Promise.reject(new QinqiaoError('face_service_unavailable', { detail: 'QINQIAO_FACES is none' }));
