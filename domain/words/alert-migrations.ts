import { type Db, type Migration } from '@qinqiao/server-kit';
import { sql } from 'kysely';

type Flag = 0 | 1;

/** What a stored alert has beside what was heard: whose it is, and what officers made of it. */
export interface AlertHandling {
  /** Whose conversation it was in; null where that is not known. */
  prison_id: string | null;
  ward_id: string | null;
  inmate_id: string | null;
  family_id: string | null;
  /** Local day of `raised_at`. */
  day: string;
  /** 1: raised while it was spoken. */
  live: Flag;
  /** Its level as long as somebody has to react to it, else 0. */
  open_level: number;
  acked_by: string | null;
  acked_by_name: string | null;
  acked_at: string | null;
  /** When nobody had reacted in time. */
  escalated_at: string | null;
  verdict: 'open' | 'right' | 'wrong';
  judged_by: string | null;
  judged_by_name: string | null;
  judged_at: string | null;
  judge_note: string;
}

const NULLABLE: [keyof AlertHandling, number][] = [
  ['prison_id', 32],
  ['ward_id', 32],
  ['inmate_id', 32],
  ['family_id', 32],
  ['acked_by', 32],
  ['acked_by_name', 64],
  ['acked_at', 24],
  ['escalated_at', 24],
  ['judged_by', 32],
  ['judged_by_name', 64],
  ['judged_at', 24],
];
/** Name, kind, and what rows stored before have: nobody has to react to those any more. */
const WITH_DEFAULT: [keyof AlertHandling, 'varchar(10)' | 'varchar(8)' | 'varchar(255)' | 'integer', string | number][] = [
  ['day', 'varchar(10)', ''],
  ['live', 'integer', 1],
  ['open_level', 'integer', 0],
  ['verdict', 'varchar(8)', 'open'],
  ['judge_note', 'varchar(255)', ''],
];

const INDEXES: Record<string, string[]> = {
  // The few that somebody has to react to.
  open: ['open_level', 'raised_at', 'id'],
  raised: ['raised_at', 'id'],
  prison: ['prison_id', 'raised_at', 'id'],
  verdict: ['verdict', 'raised_at', 'id'],
};

async function addHandling(db: Db): Promise<void> {
  for (const [name, length] of NULLABLE) {
    await db.schema.alterTable('word_alerts').addColumn(name, `varchar(${length})`).execute();
  }
  for (const [name, type, otherwise] of WITH_DEFAULT) {
    await db.schema
      .alterTable('word_alerts')
      .addColumn(name, type, (column) => column.notNull().defaultTo(otherwise))
      .execute();
  }
  await sql`update word_alerts set
    prison_id = (select prison_id from calls where calls.id = word_alerts.call_id),
    inmate_id = (select inmate_id from calls where calls.id = word_alerts.call_id),
    family_id = (select family_id from calls where calls.id = word_alerts.call_id),
    ward_id = (select ward_id from inmates inner join calls on calls.inmate_id = inmates.id where calls.id = word_alerts.call_id),
    day = substr(raised_at, 1, 10)`.execute(db);
  for (const [name, columns] of Object.entries(INDEXES)) {
    await db.schema.createIndex(`ix_word_alerts_${name}`).on('word_alerts').columns(columns).execute();
  }
}

export const alertMigrations: Record<string, Migration> = {
  '2026_11_23_02_word_alert_handling': { up: (db) => addHandling(db as Db) },
};
