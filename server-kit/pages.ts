import type { SelectQueryBuilder } from 'kysely';

export interface PageWanted {
  /** The `next` of the page before. */
  cursor?: string | undefined;
  limit: number;
}

/**
 * A page of what a query finds, the newest first by its id (ids sort by the time at which they were made), with where the next page begins; null on the
 * last one. `column`: the id's, with its table where that is not clear.
 */
export async function newestFirst<DB, Table extends keyof DB, Row extends { id: string }>(
  query: SelectQueryBuilder<DB, Table, Row>,
  { cursor, limit }: PageWanted,
  column = 'id',
): Promise<{ items: Row[]; next: string | null }> {
  const all = query as unknown as SelectQueryBuilder<Record<string, Record<string, string>>, string, Row>;
  const older = cursor === undefined ? all : all.where(column, '<', cursor);
  const rows = await older
    .orderBy(column, 'desc')
    .limit(limit + 1)
    .execute();
  const items = rows.slice(0, limit);
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
}
