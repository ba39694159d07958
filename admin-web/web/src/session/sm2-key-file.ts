import { z } from 'zod';

/**
 * An officer's SM2 key as a file of his: the private key, encrypted with his PIN (PBKDF2-SHA-256, 600,000 rounds, AES-256-GCM by the
 * browser). A USB key's middleware takes its place behind `Sm2Signer`.
 */
const KeyFile = z.object({
  kind: z.literal('qinqiao-sm2-key'),
  publicKey: z.string(),
  salt: z.string(),
  iv: z.string(),
  sealed: z.string(),
});

export interface Sm2Signer {
  publicKey: string;
  /** Signs a challenge (hexadecimal) by GB/T 32918.2 with SM3 and the default user id; answers DER, hexadecimal. */
  sign(challenge: string): Promise<string>;
}

/** A key file that cannot be read, or a wrong PIN. */
export class KeyFileError extends Error {}

const ROUNDS = 600_000;
const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

async function keyOf(pin: string, salt: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', new TextEncoder().encode(pin), 'PBKDF2', false, ['deriveKey']);
  const how = { name: 'PBKDF2', hash: 'SHA-256', salt, iterations: ROUNDS };
  return crypto.subtle.deriveKey(how, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

const sm2 = async () => (await import('sm-crypto-v2')).sm2;

async function signer(privateKey: string, publicKey: string): Promise<Sm2Signer> {
  const { doSignature } = await sm2();
  return {
    publicKey,
    sign: (challenge) => Promise.resolve(doSignature(fromHex(challenge), privateKey, { der: true, hash: true, publicKey })),
  };
}

/** Makes a key pair and the file to keep it in. */
export async function newSm2KeyFile(pin: string): Promise<{ file: Blob; signer: Sm2Signer }> {
  const { generateKeyPairHex } = await sm2();
  const { privateKey, publicKey } = generateKeyPairHex();
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await keyOf(pin, salt), new TextEncoder().encode(privateKey));
  const content = { kind: 'qinqiao-sm2-key', publicKey, salt: toHex(salt), iv: toHex(iv), sealed: toHex(new Uint8Array(sealed)) };
  return { file: new Blob([JSON.stringify(content)], { type: 'application/json' }), signer: await signer(privateKey, publicKey) };
}

/** Opens a key file. Throws `KeyFileError` when it is none or the PIN is wrong. */
export async function openSm2KeyFile(file: Blob, pin: string): Promise<Sm2Signer> {
  try {
    const { publicKey, salt, iv, sealed } = KeyFile.parse(JSON.parse(await file.text()));
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: fromHex(iv) }, await keyOf(pin, fromHex(salt)), fromHex(sealed));
    return await signer(new TextDecoder().decode(plain), publicKey);
  } catch (cause) {
    throw new KeyFileError('The key file cannot be opened', { cause });
  }
}
