export interface Change {
  field: string;
  /** Null: there is no before in this record. */
  before: string | null;
  after: string;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown): string => (value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value));

/** A record's detail as rows: `before` and `after` side by side, field by field; everything else as it is. */
export function changesOf(detail: Record<string, unknown>): Change[] {
  const { before, after, ...rest } = detail;
  return [...sides(before, after), ...Object.entries(rest).map(([field, value]) => ({ field, before: null, after: textOf(value) }))];
}

function sides(before: unknown, after: unknown): Change[] {
  if (before === undefined && after === undefined) return [];
  if (!isRecord(before ?? {}) || !isRecord(after ?? {})) return [{ field: '', before: textOf(before), after: textOf(after) }];
  const [old, fresh] = [(before ?? {}) as Record<string, unknown>, (after ?? {}) as Record<string, unknown>];
  const fields = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  return fields.map((field) => ({ field, before: textOf(old[field]), after: textOf(fresh[field]) }));
}
