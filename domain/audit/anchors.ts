import { type AuditTables, type ChainPoint, type CryptoProvider, type Db, newId } from '@qinqiao/server-kit';

export type Anchor = AuditTables['audit_anchors'];

const signed = ({ kind, seq, hash, at, detail }: Omit<Anchor, 'id' | 'signature'>) =>
  Buffer.from(JSON.stringify(['audit anchor', kind, seq, hash, at, detail]));

/** Signs a point of the chain with the installation's SM2 key and keeps it. */
export async function addAnchor(db: Db, crypto: CryptoProvider, anchor: Omit<Anchor, 'id' | 'signature'>): Promise<void> {
  const row = { id: newId(), ...anchor, signature: await crypto.sign(signed(anchor)) };
  await db.withTables<AuditTables>().insertInto('audit_anchors').values(row).execute();
}

/** Where the chain begins: after the last archived record, or undefined when none was ever archived. */
export async function lastPruned(db: Db): Promise<Anchor | undefined> {
  return latest(db, 'pruned');
}

async function latest(db: Db, kind: Anchor['kind']): Promise<Anchor | undefined> {
  const anchors = db.withTables<AuditTables>().selectFrom('audit_anchors').selectAll().where('kind', '=', kind);
  return anchors.orderBy('seq', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst();
}

/** The signed points from here on, the first ones first. */
export async function anchorsFrom(db: Db, seq: number): Promise<Anchor[]> {
  return db
    .withTables<AuditTables>()
    .selectFrom('audit_anchors')
    .selectAll()
    .where('seq', '>=', seq)
    .orderBy('seq')
    .orderBy('id')
    .execute();
}

/** The first of these whose signature does not fit, or undefined when all do. A key that is gone proves nothing either. */
export async function forgedAnchor(crypto: CryptoProvider, anchors: readonly Anchor[]): Promise<Anchor | undefined> {
  for (const anchor of anchors) {
    const fits = await crypto.verify(signed(anchor), anchor.signature).catch(() => false);
    if (!fits) return anchor;
  }
  return undefined;
}

/** A place signed now, so that later verifications may begin there and a chain computed anew is noticed. */
export async function signCheckedPoint(db: Db, crypto: CryptoProvider, { seq, hash }: ChainPoint, at: string): Promise<void> {
  const last = await latest(db, 'checked');
  if (last && last.seq >= seq) return;
  await addAnchor(db, crypto, { kind: 'checked', seq, hash, at, detail: '{}' });
}
