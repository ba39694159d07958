import { type Localised, QinqiaoError } from '@qinqiao/contracts';
import { type Actor, type DbTransaction, SYSTEM_ACTOR, toInstant, writeAudit } from '@qinqiao/server-kit';
import { allowWithLink, endAllowedPair } from '../allowlist/index.ts';
import { type Applying, assertAt, awaits, type Decision, within } from '../applications/index.ts';
import { addMessage } from '../messages/index.ts';
import { matchInmate, removeKinship, setKinship } from '../people/index.ts';
import { relationNames } from './choices.ts';
import { type LinkRow, links, recordLinks } from './link-views.ts';

const NO_SUCH: Localised = { zh: '未找到编号与姓名相符的罪犯', en: 'No inmate fits number and name' };

/** Carries out how a link was decided: the kinship is written, and the allowlist where the installation wants it so. A repetition does nothing. */
export async function linkDecided(trx: DbTransaction, decision: Decision, now: Date): Promise<void> {
  const row = await lockLink(trx, decision.subject.id);
  if (!row || !awaits(row, decision)) return;
  if (decision.outcome === 'withdrawn') return close(trx, row, { state: 'withdrawn', reason: null, now });
  if (decision.outcome === 'refused') {
    await close(trx, row, { state: 'refused', reason: decision.reason, now });
    return tell(trx, row, 'refused', decision.reason, now);
  }
  const asked = { prisonId: row.prison_id, number: row.inmate_number, name: row.inmate_name };
  const inmateId = row.inmate_id ?? (await matchInmate(trx, asked))?.id;
  if (inmateId === undefined) {
    await close(trx, row, { state: 'refused', reason: NO_SUCH.zh, now });
    return tell(trx, row, 'refused', NO_SUCH.zh, now);
  }
  const relation = (await relationNames(trx))(row.relation).zh;
  await setKinship(trx, { family_id: row.family_id, inmate_id: inmateId, relation: relation.slice(0, 32) }, row.prison_id);
  await allowWithLink(trx, { familyId: row.family_id, inmateId, prisonId: row.prison_id }, { actor: SYSTEM_ACTOR, now });
  await close(trx, { ...row, inmate_id: inmateId }, { state: 'approved', reason: null, now });
  await tell(trx, row, 'approved', '', now);
}

/** An officer ends an approved link: the kinship goes, and with it what the allowlist allowed. */
export async function endLink(applying: Applying, id: string, { reason, version }: { reason: string; version: number }) {
  const { db, actor, now } = applying;
  return within(db, async (trx) => {
    const row = await lockLink(trx, id);
    assertAt(row, version, ['approved']);
    const inmateId = row.inmate_id ?? '';
    await removeKinship(trx, { family_id: row.family_id, inmate_id: inmateId });
    await endAllowedPair(trx, { familyId: row.family_id, inmateId }, { actor, reason, now });
    await close(trx, row, { state: 'ended', reason, now, actor });
    await tell(trx, row, 'ended', reason, now);
    const fresh = await lockLink(trx, id);
    const [record] = await recordLinks(trx, fresh ? [fresh] : []);
    if (!record) throw new QinqiaoError('not_found');
    return record;
  });
}

const lockLink = (trx: DbTransaction, id: string) =>
  links(trx).selectFrom('kinship_links').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();

interface Closing {
  state: LinkRow['state'];
  reason: string | null;
  now: Date;
  actor?: Actor;
}

async function close(trx: DbTransaction, row: LinkRow, { state, reason, now, actor = SYSTEM_ACTOR }: Closing): Promise<void> {
  const at = toInstant(now);
  const change = { state, reason, inmate_id: row.inmate_id, decided_at: at, version: row.version + 1 };
  await links(trx).updateTable('kinship_links').set(change).where('id', '=', row.id).execute();
  const detail = { family: row.family_id, inmate: row.inmate_id, before: { state: row.state }, after: { state, reason } };
  await writeAudit(trx, { at, actor, action: `registration.${state}`, subject: { kind: 'kinship', id: row.id }, detail });
}

const TITLES = {
  approved: { zh: '绑定申请已通过', en: 'Link approved' },
  refused: { zh: '绑定申请未通过', en: 'Link refused' },
  ended: { zh: '绑定关系已解除', en: 'Link ended' },
} as const;

async function tell(trx: DbTransaction, row: LinkRow, what: keyof typeof TITLES, reason: string, now: Date): Promise<void> {
  const why = reason ? { zh: `原因：${reason}`, en: ` Reason: ${reason}` } : { zh: '', en: '' };
  const text = {
    zh: `罪犯 ${row.inmate_name}（${row.inmate_number}）。${why.zh}`,
    en: `Inmate ${row.inmate_name} (${row.inmate_number}).${why.en}`,
  };
  const key = `link:${row.id}:${row.version}:${what}`;
  await addMessage(trx, { to: row.family_id, kind: 'review', title: TITLES[what], text, link: 'inmates', key, at: toInstant(now) });
}
