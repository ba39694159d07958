import { type FactorKind, type FactorProof, type FactorView, QinqiaoError } from '@qinqiao/contracts';
import { type Clock, type CryptoProvider, type Db, decryptField, encryptField, newId, toInstant } from '@qinqiao/server-kit';
import { Secret, TOTP } from 'otpauth';
import { readCertificate } from './certificate.ts';
import type { IdentityTables } from './migrations.ts';

const STEP_S = 30;
const ISSUER = 'Qinqiao';
const factors = (db: Db) => db.withTables<IdentityTables>();
const place = (id: string) => ({ field: 'officer_factors.secret', owner: id });

/** An officer's second factors that are in use. */
export async function listFactors(db: Db, officerId: string): Promise<FactorView[]> {
  return (await confirmed(db, officerId)).map(viewOf);
}

/** Which kinds of second factor an officer can log in with. */
export async function factorKinds(db: Db, officerId: string): Promise<FactorKind[]> {
  return [...new Set((await confirmed(db, officerId)).map(({ kind }) => kind))];
}

const confirmed = (db: Db, officerId: string) =>
  factors(db)
    .selectFrom('officer_factors')
    .selectAll()
    .where('officer_id', '=', officerId)
    .where('confirmed_at', 'is not', null)
    .orderBy('id')
    .execute();

function viewOf(row: IdentityTables['officer_factors']): FactorView {
  const certificate = row.certificate ? readCertificate(row.certificate) : null;
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    createdAt: row.created_at,
    usedAt: row.used_at,
    certificate: certificate && { subject: certificate.subject, validUntil: certificate.validUntil },
  };
}

/** Draws a TOTP secret (RFC 6238: SHA-1, 6 digits, 30 s, what every authenticator app knows). It counts after `finishTotp`. */
export async function beginTotp(db: Db, crypto: CryptoProvider, clock: Clock, officer: { id: string; account: string }) {
  const secret = new Secret({ size: 20 });
  const id = newId();
  const now = toInstant(clock.now());
  await factors(db).deleteFrom('officer_factors').where('officer_id', '=', officer.id).where('confirmed_at', 'is', null).execute();
  await factors(db)
    .insertInto('officer_factors')
    .values({
      id,
      officer_id: officer.id,
      kind: 'totp',
      name: 'TOTP',
      secret: await encryptField(crypto, place(id), secret.base32),
      certificate: null,
      confirmed_at: null,
      created_at: now,
      used_at: null,
      last_step: 0,
    })
    .execute();
  return { id, secret: secret.base32, uri: new TOTP({ issuer: ISSUER, label: officer.account, secret, period: STEP_S }).toString() };
}

/** The first code of a new authenticator. Throws `factor_wrong` when it does not fit, `not_found` when none was begun. */
export async function finishTotp(
  db: Db,
  crypto: CryptoProvider,
  clock: Clock,
  officerId: string,
  id: string,
  code: string,
): Promise<FactorView> {
  const row = await factors(db)
    .selectFrom('officer_factors')
    .selectAll()
    .where('id', '=', id)
    .where('officer_id', '=', officerId)
    .where('confirmed_at', 'is', null)
    .executeTakeFirst();
  if (!row) throw new QinqiaoError('not_found');
  if (!(await takeCode(db, crypto, clock, row, code))) throw new QinqiaoError('factor_wrong');
  const now = toInstant(clock.now());
  await factors(db).updateTable('officer_factors').set({ confirmed_at: now }).where('id', '=', id).execute();
  return viewOf({ ...row, confirmed_at: now, used_at: now });
}

export interface NewSm2Key {
  officerId: string;
  name: string;
  /** Either the bare key, or a certificate of it (PEM). */
  publicKey: string | null;
  certificate: string | null;
  challenge: string;
  signature: string;
}

/** Keeps an SM2 public key whose owner has signed the challenge. Throws `factor_wrong`, or `bad_request` for a certificate that is none. */
export async function addSm2Key(db: Db, crypto: CryptoProvider, clock: Clock, key: NewSm2Key): Promise<FactorView> {
  const certificate = key.certificate ? readCertificate(key.certificate) : null;
  const publicKey = certificate?.publicKey ?? key.publicKey;
  if (!publicKey) throw new QinqiaoError('bad_request', { fields: { publicKey: 'missing' } });
  if (certificate && certificate.validUntil < toInstant(clock.now())) throw new QinqiaoError('certificate_invalid');
  if (!(await signed(crypto, publicKey, key.challenge, key.signature))) throw new QinqiaoError('factor_wrong');
  const now = toInstant(clock.now());
  const row = {
    id: newId(),
    officer_id: key.officerId,
    kind: 'sm2' as const,
    name: key.name,
    secret: publicKey,
    certificate: key.certificate,
    confirmed_at: now,
    created_at: now,
    used_at: null,
    last_step: 0,
  };
  await factors(db).insertInto('officer_factors').values(row).execute();
  return viewOf(row);
}

/** Throws `not_found` when the officer has no such factor. */
export async function removeFactor(db: Db, officerId: string, id: string): Promise<void> {
  const gone = await factors(db).deleteFrom('officer_factors').where('id', '=', id).where('officer_id', '=', officerId).executeTakeFirst();
  if (gone.numDeletedRows === 0n) throw new QinqiaoError('not_found');
}

export async function removeFactors(db: Db, officerId: string): Promise<void> {
  await factors(db).deleteFrom('officer_factors').where('officer_id', '=', officerId).execute();
}

/** Checks a second factor against all the officer has. Throws `factor_wrong`. `challenges`: what a signature may be over. */
export async function checkFactor(
  db: Db,
  crypto: CryptoProvider,
  clock: Clock,
  { officerId, proof, challenges }: { officerId: string; proof: FactorProof; challenges: readonly string[] },
): Promise<{ challenge: string | null }> {
  for (const row of await confirmed(db, officerId)) {
    if ('code' in proof && row.kind === 'totp' && (await takeCode(db, crypto, clock, row, proof.code))) return { challenge: null };
    if (!('signature' in proof) || row.kind !== 'sm2' || hasExpired(row, clock)) continue;
    for (const challenge of challenges) {
      if (!(await signed(crypto, row.secret, challenge, proof.signature))) continue;
      await factors(db)
        .updateTable('officer_factors')
        .set({ used_at: toInstant(clock.now()) })
        .where('id', '=', row.id)
        .execute();
      return { challenge };
    }
  }
  throw new QinqiaoError('factor_wrong');
}

function hasExpired(row: IdentityTables['officer_factors'], clock: Clock): boolean {
  return row.certificate !== null && readCertificate(row.certificate).validUntil < toInstant(clock.now());
}

const signed = (crypto: CryptoProvider, publicKey: string, challenge: string, signature: string) =>
  crypto.verifyForeign(publicKey, Buffer.from(challenge, 'hex'), Buffer.from(signature, 'hex')).catch(() => false);

/** Whether the code fits, now or a step before or after; no step is taken twice, even by two at once. */
async function takeCode(
  db: Db,
  crypto: CryptoProvider,
  clock: Clock,
  row: IdentityTables['officer_factors'],
  code: string,
): Promise<boolean> {
  const secret = Secret.fromBase32(await decryptField(crypto, place(row.id), row.secret));
  const now = clock.now().getTime();
  const delta = new TOTP({ secret, period: STEP_S }).validate({ token: code, timestamp: now, window: 1 });
  if (delta === null) return false;
  const step = Math.floor(now / 1000 / STEP_S) + delta;
  const taken = await factors(db)
    .updateTable('officer_factors')
    .set({ last_step: step, used_at: toInstant(now) })
    .where('id', '=', row.id)
    .where('last_step', '<', step)
    .executeTakeFirst();
  return taken.numUpdatedRows > 0n;
}
