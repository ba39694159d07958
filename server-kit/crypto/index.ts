export { BlockCipher } from './blocks.ts';
export { CHUNK_BYTES, ChunkCipher, SEALED_CHUNK_BYTES } from './chunks.ts';
export * from './fields.ts';
export { Pieces } from './pieces.ts';
export type { CryptoProvider, PublicKey } from './provider.ts';
export { deriveKey } from './sealing.ts';
export { DEFAULT_SM2_ID, newSm2KeyPair, type Sm2KeyPair, sm2Sign, sm2Verify } from './sm2.ts';
export { keyIdOf, openSoftwareCrypto } from './software.ts';
export {
  fileAccess,
  openSealed,
  type RandomAccess,
  sealChunks,
  type SealedContent,
  sealStream,
  unsealStream,
  withSealedFile,
} from './streams.ts';
