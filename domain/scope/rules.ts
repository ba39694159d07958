/** Who may see which row of a table. Columns name the table's own; what is given is joined by OR. */
export interface RowRule {
  /** Column with the prison's id. */
  prison?: string;
  /** Column with the ward's or office's id. */
  ward?: string;
  /** Column with the id of the officer in charge. */
  own?: string;
  /** The row is seen when that row is, or when one of those is. */
  via?: Via | readonly Via[];
}

/**
 * `key` of the table = `id` (default `id`) of the other, which decides. `parts`: asked only for officers who see parts of a prison, as `prison`
 * answers for the others. `prisons`: a column of the table's own with the prisons, beside `prison`, that the other's rows are in, by comma, null
 * where there are none and `*` where they are not written down: only where one of the officer's prisons may be among them, the other is asked.
 */
export interface Via {
  key: string;
  table: string;
  id?: string;
  parts?: true;
  prisons?: string;
}

/**
 * Of what belongs to a recorded conversation, known by `call_id`: a video call's, or one's that was taken in (visits, phone calls), which has no
 * call.
 */
export const OF_CONVERSATION: RowRule = {
  via: [
    { key: 'call_id', table: 'calls' },
    { key: 'call_id', table: 'conversations' },
  ],
};

/**
 * `open`: belongs to no prison (dictionaries, roles, jobs, …); permissions alone guard it. Every table of the store has a rule here,
 * and one without cannot be read through a scoped store at all.
 */
export type TableScopes = Record<string, 'open' | RowRule>;

/** What an officer sees, looked up: rows of these prisons, of these wards, and those in his own charge. */
export interface SeenUnits {
  all: boolean;
  /** Prisons seen as a whole. */
  prisons: readonly string[];
  wards: readonly string[];
  /** Prisons of which only a part is seen: of them what belongs to no ward (rooms, …) is seen. */
  partly: readonly string[];
  /** The officer, when only rows in his own charge are seen. */
  own: string | null;
}

export const SEES_ALL: SeenUnits = { all: true, prisons: [], wards: [], partly: [], own: null };
