import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How a client may sign: the HMAC's hash, which is that of the body's digest too. */
export const SIGNATURE_HASHES = { 'HMAC-SM3': 'sm3', 'HMAC-SHA256': 'sha256' } as const;
export type SignatureKind = keyof typeof SIGNATURE_HASHES;

export interface SignedRequest {
  method: string;
  /** With its query, as it was sent. */
  path: string;
  /** Milliseconds since 1970. */
  timestamp: string;
  nonce: string;
  body: Uint8Array;
}

/** The signature of a request, in hexadecimal. docs/api.md describes it for those who write a client. */
export function signRequest(kind: SignatureKind, secret: string, { method, path, timestamp, nonce, body }: SignedRequest): string {
  const hash = SIGNATURE_HASHES[kind];
  const digest = createHash(hash).update(body).digest('hex');
  return createHmac(hash, secret).update([method.toUpperCase(), path, timestamp, nonce, digest].join('\n')).digest('hex');
}

/** Whether `<kind> <hexadecimal>` is the request's signature under this secret. */
export function signatureFits(signature: string, secret: string, request: SignedRequest): boolean {
  const [, kind, value = ''] = /^(HMAC-SM3|HMAC-SHA256) ([0-9a-f]{64})$/.exec(signature) ?? [];
  if (!kind) return false;
  const expected = Buffer.from(signRequest(kind as SignatureKind, secret, request), 'hex');
  return timingSafeEqual(expected, Buffer.from(value, 'hex'));
}
