import { createHash } from 'node:crypto';
import { sm2 } from 'sm-crypto-v2';

// GB/T 32918.5: the recommended curve.
const ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const CURVE = [
  'fffffffeffffffffffffffffffffffffffffffff00000000fffffffffffffffc',
  '28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93',
  '32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7',
  'bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0',
].join('');
/** The signer's id when none was agreed on (GM/T 0009). */
export const DEFAULT_SM2_ID = '1234567812345678';

export interface Sm2KeyPair {
  /** 32 bytes in hexadecimal. */
  privateKey: string;
  /** Uncompressed point, 65 bytes in hexadecimal: `04…`. */
  publicKey: string;
}

export function newSm2KeyPair(): Sm2KeyPair {
  const { privateKey, publicKey } = sm2.generateKeyPairHex();
  return { privateKey, publicKey };
}

/** The key pair that at least 40 bytes of key material lead to: always the same one, each one as likely. */
export function sm2KeyPairFrom(material: Buffer): Sm2KeyPair {
  const d = (BigInt(`0x${material.toString('hex')}`) % (ORDER - 2n)) + 1n;
  const privateKey = d.toString(16).padStart(64, '0');
  return { privateKey, publicKey: sm2.getPublicKeyFromPrivateKey(privateKey) };
}

/** Signs by GB/T 32918.2 with the signer's id. The signature is DER (GB/T 35276: SEQUENCE of r and s). */
export function sm2Sign(data: Uint8Array, keys: Sm2KeyPair, id = DEFAULT_SM2_ID): Buffer {
  const signature = sm2.doSignature(sm2Digest(data, keys.publicKey, id), keys.privateKey, { hash: false, der: false });
  return encodeDer(Buffer.from(signature, 'hex'));
}

/** Whether a DER signature fits. A malformed key or signature fits nothing. */
export function sm2Verify(data: Uint8Array, signature: Uint8Array, publicKey: string, id = DEFAULT_SM2_ID): boolean {
  const raw = decodeDer(signature);
  if (!raw || !/^04[0-9a-f]{128}$/i.test(publicKey)) return false;
  try {
    const key = publicKey.toLowerCase();
    return (
      sm2.verifyPublicKey(key) && sm2.doVerifySignature(sm2Digest(data, key, id), raw.toString('hex'), key, { hash: false, der: false })
    );
  } catch {
    // The library throws at points that are not on the curve.
    return false;
  }
}

/** What is signed: SM3 of the signer's Z and the data (GB/T 32918.2, 5.5 and 6.1). Throws RangeError on an id above 8191 bytes. */
export function sm2Digest(data: Uint8Array, publicKey: string, id: string): Buffer {
  return createHash('sm3').update(sm2Z(publicKey, id)).update(data).digest();
}

export function sm2Z(publicKey: string, id: string): Buffer {
  const name = Buffer.from(id);
  const bits = Buffer.alloc(2);
  bits.writeUInt16BE(name.length * 8);
  return createHash('sm3')
    .update(bits)
    .update(name)
    .update(CURVE + publicKey.slice(2), 'hex')
    .digest();
}

function encodeDer(raw: Buffer): Buffer {
  const numbers = Buffer.concat([encodeInteger(raw.subarray(0, 32)), encodeInteger(raw.subarray(32))]);
  return Buffer.concat([Buffer.from([0x30, numbers.length]), numbers]);
}

function encodeInteger(number: Buffer): Buffer {
  let first = 0;
  while (first < number.length - 1 && number[first] === 0) first++;
  const digits = number.subarray(first);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.concat([Buffer.from([0x02, digits.length + sign.length, ...sign]), digits]);
}

/** r and s, 32 bytes each and both from 1 to the order minus 1, or undefined when it is anything but their one DER form. */
function decodeDer(der: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(der);
  const rLength = bytes[3] ?? 0;
  const sLength = bytes[5 + rLength] ?? 0;
  const r = bytes.subarray(4, 4 + rLength);
  const s = bytes.subarray(6 + rLength, 6 + rLength + sLength);
  const numbers = [r, s].map((digits) => (digits.length > 0 ? BigInt(`0x${digits.toString('hex')}`) : 0n));
  if (numbers.some((number) => number < 1n || number >= ORDER)) return undefined;
  const raw = Buffer.from(numbers.map((number) => number.toString(16).padStart(64, '0')).join(''), 'hex');
  return encodeDer(raw).equals(bytes) ? raw : undefined;
}
