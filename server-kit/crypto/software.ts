import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { rootSecret } from '../secrets.ts';
import { KeyRing, type RingKey } from './key-ring.ts';
import type { CryptoProvider, PublicKey } from './provider.ts';
import { damaged, deriveKey, seal, type SealingKeys, sealingKeys, unseal } from './sealing.ts';
import { type Sm2KeyPair, sm2KeyPairFrom, sm2Sign, sm2Verify } from './sm2.ts';

/**
 * The provider that works everywhere: keys in the data folder's key ring, under the root secret. `lookMs`: for what encrypts some hundred thousand values
 * one after the other, so long it does not look whether another process has made a key.
 */
export function openSoftwareCrypto(
  { lookMs = 0, ...config }: Pick<Config, 'dataDir' | 'secret'> & { lookMs?: number },
  clock?: Clock,
): CryptoProvider {
  const ring = new KeyRing({ dataDir: config.dataDir, secret: rootSecret(config), lookMs, ...(clock ? { clock } : {}) });
  return new SoftwareCrypto(ring);
}

/** Its functions answer promises because a hardware module's can't do otherwise. */
class SoftwareCrypto implements CryptoProvider {
  readonly #ring: KeyRing;
  readonly #derived = new DerivedKeys();

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  sm3(data: Uint8Array): Buffer {
    return createHash('sm3').update(data).digest();
  }

  async mac(purpose: string, data: Uint8Array): Promise<string> {
    const key = this.#ring.newest();
    return write(key, this.#hmac(key, `mac/${purpose}`, data));
  }

  async verifyMac(purpose: string, data: Uint8Array, mac: string): Promise<boolean> {
    const { key, bytes } = this.#parse(mac);
    const expected = this.#hmac(key, `mac/${purpose}`, data);
    return bytes.length === expected.length && timingSafeEqual(bytes, expected);
  }

  async encrypt(context: string, plain: Uint8Array): Promise<string> {
    return this.#seal('value', context, plain);
  }

  async decrypt(context: string, sealed: string): Promise<Buffer> {
    return this.#unseal('value', context, sealed);
  }

  async searchHash(purpose: string, data: Uint8Array): Promise<string> {
    return this.#hmac(this.#ring.newest(), `search/${purpose}`, data).toString('hex');
  }

  async searchHashes(purpose: string, data: Uint8Array): Promise<string[]> {
    return this.#ring.all().map((key) => this.#hmac(key, `search/${purpose}`, data).toString('hex'));
  }

  async wrapKey(context: string, dataKey: Uint8Array): Promise<string> {
    return this.#seal('data-key', context, dataKey);
  }

  async unwrapKey(context: string, wrapped: string): Promise<Buffer> {
    return this.#unseal('data-key', context, wrapped);
  }

  async sign(data: Uint8Array): Promise<string> {
    const key = this.#ring.newest();
    return write(key, sm2Sign(data, this.#derived.signing(key)));
  }

  async verify(data: Uint8Array, signature: string): Promise<boolean> {
    const { key, bytes } = this.#parse(signature);
    return sm2Verify(data, bytes, this.#derived.signing(key).publicKey);
  }

  async verifyForeign(publicKey: string, data: Uint8Array, signature: Uint8Array): Promise<boolean> {
    return sm2Verify(data, signature, publicKey);
  }

  async publicKeys(): Promise<PublicKey[]> {
    return this.#ring.all().map((key) => ({ keyId: key.id, publicKey: this.#derived.signing(key).publicKey }));
  }

  async keyIds(): Promise<string[]> {
    return this.#ring.all().map((key) => key.id);
  }

  async rotate(): Promise<string> {
    return this.#ring.rotate().id;
  }

  #seal(purpose: string, context: string, plain: Uint8Array): string {
    const key = this.#ring.newest();
    return write(key, seal(this.#derived.sealing(key, purpose), context, plain));
  }

  #unseal(purpose: string, context: string, sealed: string): Buffer {
    const { key, bytes } = this.#parse(sealed);
    return unseal(this.#derived.sealing(key, purpose), context, bytes);
  }

  #hmac(key: RingKey, purpose: string, data: Uint8Array): Buffer {
    return createHmac('sm3', this.#derived.mac(key, purpose)).update(data).digest();
  }

  #parse(text: string): { key: RingKey; bytes: Buffer } {
    const [, id, encoded] = /^(k[0-9a-f]{10})\.([\w-]*)$/.exec(text) ?? [];
    if (id === undefined || encoded === undefined) throw damaged('not in the form that was written');
    const bytes = Buffer.from(encoded, 'base64url');
    if (bytes.toString('base64url') !== encoded) throw damaged('not in the form that was written');
    return { key: this.#ring.get(id), bytes };
  }
}

const write = (key: RingKey, bytes: Buffer) => `${key.id}.${bytes.toString('base64url')}`;

/** The id of the key with which a value, a data key, a MAC or a signature was made. */
export const keyIdOf = (text: string): string => text.slice(0, Math.max(0, text.indexOf('.')));

/** Deriving costs as much as encrypting a field, so each key is derived once. */
class DerivedKeys {
  readonly #sealing = new Map<string, SealingKeys>();
  readonly #mac = new Map<string, KeyObject>();
  readonly #signing = new Map<string, Sm2KeyPair>();

  sealing(key: RingKey, purpose: string): SealingKeys {
    return remember(this.#sealing, `${key.id} ${purpose}`, () => sealingKeys(key.secret, purpose));
  }

  mac(key: RingKey, purpose: string): KeyObject {
    return remember(this.#mac, `${key.id} ${purpose}`, () => createSecretKey(deriveKey(key.secret, purpose, 32)));
  }

  signing(key: RingKey): Sm2KeyPair {
    return remember(this.#signing, key.id, () => sm2KeyPairFrom(deriveKey(key.secret, 'sm2', 48)));
  }
}

function remember<Value>(known: Map<string, Value>, name: string, make: () => Value): Value {
  const found = known.get(name);
  if (found !== undefined) return found;
  const made = make();
  known.set(name, made);
  return made;
}
