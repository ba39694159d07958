export interface PublicKey {
  keyId: string;
  /** Uncompressed SM2 point in hexadecimal: `04…`. */
  publicKey: string;
}

/**
 * All cryptography of the installation that uses its own keys, by the national algorithms; a certified module (HSM, the cloud's
 * service) takes the software's place behind this. What it writes names its key, so that older keys go on opening what they made;
 * what is new is made with the newest one. Everything throws `key_unavailable` when the key named is not there, and
 * `data_damaged` when a text has not the form that was written.
 */
export interface CryptoProvider {
  /** SM3 (GB/T 32905): 32 bytes. */
  sm3(data: Uint8Array): Buffer;

  /** HMAC-SM3 under a key for this purpose, as text. */
  mac(purpose: string, data: Uint8Array): Promise<string>;
  /** Whether data and purpose are those a `mac` was made of. */
  verifyMac(purpose: string, data: Uint8Array, mac: string): Promise<boolean>;

  /** Encrypts a value (SM4-CTR, then HMAC-SM3) and binds it to `context`: it opens in no other place. Text of 77 + 4/3 · n characters or less. */
  encrypt(context: string, plain: Uint8Array): Promise<string>;
  /** Throws `data_damaged` when it was changed, cut off or stood in another context. */
  decrypt(context: string, sealed: string): Promise<Buffer>;

  /** The keyed hash under which a value is found again, 64 characters, with the newest key: to be stored. */
  searchHash(purpose: string, data: Uint8Array): Promise<string>;
  /** The hashes a value may be stored under, one per key, the newest first: to be looked for. */
  searchHashes(purpose: string, data: Uint8Array): Promise<string[]>;

  /** Encrypts a data key under the newest key, bound to its context. */
  wrapKey(context: string, dataKey: Uint8Array): Promise<string>;
  /** Throws `data_damaged` as `decrypt` does. */
  unwrapKey(context: string, wrapped: string): Promise<Buffer>;

  /** Signs with the installation's SM2 key (GB/T 32918.2). */
  sign(data: Uint8Array): Promise<string>;
  /** Whether the installation signed this, with whichever of its keys. */
  verify(data: Uint8Array, signature: string): Promise<boolean>;
  /** Whether a DER signature fits somebody else's SM2 public key. */
  verifyForeign(publicKey: string, data: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** The installation's public keys, the newest first. */
  publicKeys(): Promise<PublicKey[]>;

  /** The newest first. */
  keyIds(): Promise<string[]>;
  /** Makes a new key, with which everything is written from now on. Answers its id. */
  rotate(): Promise<string>;
}
