import { MOST_AUDIO_BYTES } from '@qinqiao/contracts';
import { type CryptoProvider, StreamedFiles } from '@qinqiao/server-kit';

/** Files as they came, encrypted on the disk, until they are taken in. `mostBytes`: more is refused with `audio_too_large`. */
export class IntakeFiles extends StreamedFiles {
  constructor(dataDir: string, crypto: CryptoProvider, mostBytes = MOST_AUDIO_BYTES) {
    super(dataDir, crypto, { what: 'audio-intake', most: { bytes: mostBytes, code: 'audio_too_large' } });
  }
}
