import type { Migration } from '@qinqiao/server-kit';

/** Holds all that is counted, so that no row of the alerts themselves is read. */
const COUNTED = ['day', 'state', 'prison_id', 'ward_id', 'word', 'category', 'level', 'verdict', 'inmate_id', 'family_id', 'call_id'];

export const wordStatisticsMigrations: Record<string, Migration> = {
  '2026_11_23_21_word_statistics': {
    async up(db) {
      await db.schema.createIndex('ix_word_alerts_counted').on('word_alerts').columns(COUNTED).execute();
    },
  },
};
