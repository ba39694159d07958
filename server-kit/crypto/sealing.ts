import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { QinqiaoError } from '@qinqiao/contracts';

export const IV_BYTES = 16;
export const TAG_BYTES = 32;

/** A pair of keys for SM4-CTR and HMAC-SM3, encrypt then MAC. */
export interface SealingKeys {
  encryption: KeyObject;
  mac: KeyObject;
}

/** A key for one purpose out of another: HKDF (RFC 5869) with SM3. */
export function deriveKey(key: Uint8Array, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sm3', key, Buffer.alloc(0), purpose, bytes));
}

export const sealingKeys = (key: Uint8Array, purpose: string): SealingKeys => ({
  // As key objects: node takes four times as long to take a buffer for a key.
  encryption: createSecretKey(deriveKey(key, `${purpose}/sm4-ctr`, 16)),
  mac: createSecretKey(deriveKey(key, `${purpose}/hmac-sm3`, 32)),
});

/** Encrypts a value and binds it to its context: IV, SM4-CTR (GB/T 32907) cipher text and HMAC-SM3 tag, one after the other. */
export function seal(keys: SealingKeys, context: string, plain: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('sm4-ctr', keys.encryption, iv);
  const body = Buffer.concat([iv, cipher.update(plain), cipher.final()]);
  return Buffer.concat([body, tagOf(keys, context, body)]);
}

/** Opens what `seal` made. Throws `data_damaged` when anything of it was changed or cut off, or when context or key is another. */
export function unseal(keys: SealingKeys, context: string, sealed: Uint8Array): Buffer {
  if (sealed.length < IV_BYTES + TAG_BYTES) throw damaged(`truncated to ${sealed.length} bytes`);
  const body = sealed.subarray(0, -TAG_BYTES);
  if (!timingSafeEqual(tagOf(keys, context, body), sealed.subarray(-TAG_BYTES))) {
    throw damaged(`changed, or made with another key or for another place than ${context}`);
  }
  const decipher = createDecipheriv('sm4-ctr', keys.encryption, body.subarray(0, IV_BYTES));
  return Buffer.concat([decipher.update(body.subarray(IV_BYTES)), decipher.final()]);
}

function tagOf(keys: SealingKeys, context: string, body: Uint8Array): Buffer {
  const bound = Buffer.from(context);
  // The length keeps context and content apart: no byte can move from one to the other.
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bound.length);
  return createHmac('sm3', keys.mac).update(length).update(bound).update(body).digest();
}

export const damaged = (detail: string) => new QinqiaoError('data_damaged', { detail });
