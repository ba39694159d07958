import { type CryptoProvider, SealedFolder } from '@qinqiao/server-kit';

/** Where the pictures that warnings were raised for lie (JPEG), each under its warning's id. */
export const pictureStills = (dataDir: string, crypto: CryptoProvider): SealedFolder => new SealedFolder(dataDir, crypto, 'picture-stills');
