import { CallId, QinqiaoError, Role } from '@qinqiao/contracts';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';

/** What a grant says: who may enter which call as what. It is good for this call and this person only. */
export const GrantClaims = z.object({
  callId: CallId,
  role: Role,
  subjectId: z.string(),
  name: z.string(),
});
export type GrantClaims = z.infer<typeof GrantClaims>;

/** Purpose of the secret that signs grants, derived from the installation's root secret. */
export const GRANT_PURPOSE = 'call grant';
export const GRANT_LIFETIME_S = 300;
const key = (secret: string) => new TextEncoder().encode(secret);

/** Signs a grant (JWT, HS256) that expires after `GRANT_LIFETIME_S` seconds. */
export async function signGrant(claims: GrantClaims, secret: string, now: Date): Promise<string> {
  const issued = Math.floor(now.getTime() / 1000);
  const token = new SignJWT({ ...claims }).setProtectedHeader({ alg: 'HS256' }).setAudience('call').setIssuedAt(issued);
  return token.setExpirationTime(issued + GRANT_LIFETIME_S).sign(key(secret));
}

/** Reads a grant. Throws `grant_expired`, or `grant_invalid` for anything else that is wrong with it. */
export async function verifyGrant(grant: string, secret: string, now: Date): Promise<GrantClaims> {
  try {
    const { payload } = await jwtVerify(grant, key(secret), { algorithms: ['HS256'], audience: 'call', currentDate: now });
    return GrantClaims.parse(payload);
  } catch (cause) {
    throw new QinqiaoError(cause instanceof errors.JWTExpired ? 'grant_expired' : 'grant_invalid', { cause });
  }
}
