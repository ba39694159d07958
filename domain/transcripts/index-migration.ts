import type { Db, Migration } from '@qinqiao/server-kit';
import { sql } from 'kysely';

/** SQLite keeps a table by its primary key only when told so; MariaDB does anyway. */
function byKey(db: Db) {
  const { supportsReturning } = db.getExecutor().adapter;
  return supportsReturning ? sql`without rowid` : sql``;
}

/** The full-text index: the texts as they are looked for, and where each pair of characters stands. */
export const createTextIndex: Migration = {
  async up(any) {
    const db = any as Db;
    await db.schema
      .createTable('transcript_texts')
      .addColumn('place', 'bigint', (column) => column.notNull())
      .addColumn('segment_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('call_id', 'varchar(64)', (column) => column.notNull())
      .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
      .addColumn('speaker', 'varchar(16)', (column) => column.notNull())
      .addColumn('spoken_ms', 'bigint', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('pk_transcript_texts', ['place'])
      .modifyEnd(byKey(db))
      .execute();
    await db.schema.createIndex('ix_transcript_texts_segment').unique().on('transcript_texts').column('segment_id').execute();
    // Of speakers who seldom speak: officers, and those whom nobody knows.
    await db.schema.createIndex('ix_transcript_texts_speaker').on('transcript_texts').columns(['speaker', 'place']).execute();
    await db.schema.createIndex('ix_transcript_texts_call').on('transcript_texts').columns(['call_id', 'place']).execute();
    await db.schema
      .createTable('transcript_grams')
      .addColumn('term', 'bigint', (column) => column.notNull())
      .addColumn('place', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('pk_transcript_grams', ['term', 'place'])
      .modifyEnd(byKey(db))
      .execute();
  },
};
