import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(argon2);
// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane.
const COST = { parallelism: 1, tagLength: 32, memory: 19 * 1024, passes: 2 };

/** A password's argon2id hash as text: `argon2id$<salt>$<hash>`. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const hash = await derive('argon2id', { message: password, nonce, ...COST });
  return `argon2id$${nonce.toString('base64url')}$${hash.toString('base64url')}`;
}

/** Whether the password fits. With null (no such account), or a text that is no hash (no password set yet), it takes as long and answers false. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const known = stored?.startsWith('argon2id$') ? stored : null;
  const [, salt, hash] = (known ?? `argon2id$${'A'.repeat(22)}$${'A'.repeat(43)}`).split('$');
  const expected = Buffer.from(hash ?? '', 'base64url');
  const actual = await derive('argon2id', { message: password, nonce: Buffer.from(salt ?? '', 'base64url'), ...COST });
  return known !== null && expected.length === actual.length && timingSafeEqual(expected, actual);
}
