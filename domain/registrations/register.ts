import type { FaceState, IdentityWay, NewRegistration } from '@qinqiao/contracts';
import { type CryptoProvider, type Db, SYSTEM_ACTOR, toInstant, writeAudit } from '@qinqiao/server-kit';
import { familyCards, findFamilyCard, registerFamily } from '../people/index.ts';
import type { IdentityProvider } from './identity/index.ts';
import type { RegistrationTables } from './migrations.ts';

const tables = (db: Db) => db.withTables<RegistrationTables>();

interface Registering {
  db: Db;
  crypto: CryptoProvider;
  identity: IdentityProvider;
  now: Date;
}

/** A family member's account, after the real name was checked. Answers who it is. Throws `bad_request` naming the field. */
export async function register({ db, crypto, identity, now }: Registering, input: NewRegistration): Promise<{ id: string; name: string }> {
  const { name, idNumber, phone, password, credential } = input;
  const proof = await identity.prove({ name, idNumber, phone }, credential);
  const at = toInstant(now);
  return db.transaction().execute(async (trx) => {
    const id = await registerFamily(trx, crypto, { name, idNumber, phone, password, vouched: proof.vouched }, now);
    const row = { identity: identity.way, reference: proof.reference, face: proof.face, registered_at: at };
    await tables(trx)
      .insertInto('registrations')
      .values({ family_id: id, ...row })
      .execute();
    const detail = { identity: identity.way, face: proof.face, vouched: proof.vouched };
    await writeAudit(trx, {
      at,
      actor: { role: 'family', id, name },
      action: 'registration.create',
      subject: { kind: 'family', id },
      detail,
    });
    return { id, name };
  });
}

/** A family member as reviewers see him; somebody a prison has entered never registered by himself. */
export async function getRegistration(db: Db, familyId: string) {
  const [card, row] = await Promise.all([
    findFamilyCard(db, familyId),
    tables(db).selectFrom('registrations').selectAll().where('family_id', '=', familyId).executeTakeFirst(),
  ]);
  if (!card) return undefined;
  const { id, name, idNumber, phone } = card;
  const applicant = {
    id,
    name,
    idNumber,
    phone,
    identity: row?.identity ?? ('prison' as const),
    face: row?.face ?? ('not_compared' as const),
  };
  return { applicant, registeredAt: row?.registered_at ?? (card.createdAt || null) };
}

/** Notes what comparing the ID photo with the live face gave. What a provider that vouches has compared stays as it is. */
export async function noteFaceState(
  db: Db,
  { familyId, state, ...compared }: { familyId: string; state: FaceState; paperId: string; faceId: string },
  now: Date,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const own = tables(trx).selectFrom('registrations').selectAll().where('family_id', '=', familyId).forUpdate();
    const before = await own.executeTakeFirst();
    if (before?.identity !== 'local' || before.face === state) return;
    await tables(trx).updateTable('registrations').set({ face: state }).where('family_id', '=', familyId).execute();
    const detail = { before: { face: before.face }, after: { face: state }, ...compared };
    const subject = { kind: 'family', id: familyId };
    await writeAudit(trx, { at: toInstant(now), actor: SYSTEM_ACTOR, action: 'registration.compareFace', subject, detail });
  });
}

export interface Applicant {
  id: string;
  name: string;
  idNumber: string;
  phone: string;
  identity: IdentityWay;
  face: FaceState;
}

/** The same of several, by id. To be asked of the whole store: whoever sees an application sees who made it. */
export async function applicants(db: Db, ids: readonly string[]): Promise<(id: string) => Applicant> {
  const cards = await familyCards(db, ids);
  const rows = ids.length > 0 ? await tables(db).selectFrom('registrations').selectAll().where('family_id', 'in', ids).execute() : [];
  const checks = new Map(rows.map((row) => [row.family_id, row]));
  return (id) => {
    const card = cards.get(id) ?? { id, name: '', idNumber: '', phone: '' };
    return { ...card, identity: checks.get(id)?.identity ?? 'prison', face: checks.get(id)?.face ?? 'not_compared' };
  };
}
