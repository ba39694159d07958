export * from './fields.ts';
export type { CryptoProvider, PublicKey } from './provider.ts';
export { newSm2KeyPair, type Sm2KeyPair, sm2Sign, sm2Verify } from './sm2.ts';
export { keyIdOf, openSoftwareCrypto } from './software.ts';
export {
  fileAccess,
  openSealed,
  type RandomAccess,
  type SealedContent,
  sealStream,
  unsealStream,
  withSealedFile,
} from './streams.ts';
