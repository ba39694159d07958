import type { AllowState, AllowView, QuotaKind } from '@qinqiao/contracts';
import { addDays, type Db, instantAt } from '@qinqiao/server-kit';
import { findPapers } from '../attachments/index.ts';
import { findOrgUnit } from '../organisation/index.ts';
import { familyCards, inmateCards, relationsOf } from '../people/index.ts';
import type { AllowlistTables } from './migrations.ts';

export type AllowRow = AllowlistTables['allowlist'];
export const KINDS = ['video', 'visit', 'phone'] as const satisfies readonly QuotaKind[];

export const allowlist = (db: Db) => db.withTables<AllowlistTables>();

export const kindsOf = (row: Pick<AllowRow, QuotaKind>): QuotaKind[] => KINDS.filter((kind) => row[kind] === 1);
export const kindColumns = (kinds: readonly QuotaKind[]): Pick<AllowRow, QuotaKind> => ({
  video: kinds.includes('video') ? 1 : 0,
  visit: kinds.includes('visit') ? 1 : 0,
  phone: kinds.includes('phone') ? 1 : 0,
});

export interface Period {
  validFrom: string;
  validUntil: string;
}

/** Columns of a period of local days, both inclusive. */
export const periodColumns = ({ validFrom, validUntil }: Period) => ({
  valid_from: validFrom,
  valid_until: validUntil,
  from_at: instantAt(validFrom, '00:00'),
  until_at: instantAt(addDays(validUntil, 1), '00:00'),
});

/** An entry whose period is over has ended, though nobody wrote it down. */
export const stateAt = (row: Pick<AllowRow, 'state' | 'until_at'>, at: string): AllowState =>
  row.state === 'active' && row.until_at <= at ? 'ended' : row.state;

/** Rows as they are shown. Names come from the whole store: who sees an entry sees whose it is. */
export async function viewAllowed(db: Db, rows: readonly AllowRow[], at: string): Promise<AllowView[]> {
  const store = db.withoutPlugins();
  const [families, inmates, relations] = await Promise.all([
    familyCards(
      store,
      rows.map((row) => row.family_id),
    ),
    inmateCards(
      store,
      rows.map((row) => row.inmate_id),
    ),
    relationsOf(
      store,
      rows.map((row) => row.family_id),
    ),
  ]);
  const prisons = new Map<string, string>();
  for (const id of new Set(rows.map((row) => row.prison_id))) prisons.set(id, (await findOrgUnit(store, id))?.name ?? '');
  const papers = new Map(
    (
      await findPapers(
        store,
        rows.flatMap((row) => paperIds(row)),
      )
    ).map((paper) => [paper.id, paper]),
  );
  return rows.map((row) => ({
    id: row.id,
    familyId: row.family_id,
    familyName: families.get(row.family_id)?.name ?? '',
    familyPhone: families.get(row.family_id)?.phone ?? '',
    inmateId: row.inmate_id,
    inmateName: inmates.get(row.inmate_id)?.name ?? '',
    inmateNumber: inmates.get(row.inmate_id)?.number ?? '',
    prisonId: row.prison_id,
    prisonName: prisons.get(row.prison_id) ?? '',
    relation: relations(row.family_id, row.inmate_id),
    kinds: kindsOf(row),
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    state: stateAt(row, at),
    reason: row.reason,
    decision: row.decision,
    papers: paperIds(row).flatMap((id) => papers.get(id) ?? []),
    source: row.source,
    caseId: row.case_id,
    updatedAt: row.updated_at,
    version: row.version,
  }));
}

export const paperIds = (row: Pick<AllowRow, 'papers'>): string[] => JSON.parse(row.papers) as string[];
