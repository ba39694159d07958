import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type ReviewTables = {
  review_rules: { id: string; prison_id: string; sort: number; content: string; version: number };
};

export const reviewScopes: TableScopes = { review_rules: { prison: 'prison_id' } };

export const reviewMigrations: Record<string, Migration> = {
  '2026_11_21_62_reviews': {
    async up(db) {
      await db.schema
        .createTable('review_rules')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('sort', 'integer', (column) => column.notNull())
        .addColumn('content', 'text', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_review_rules_prison').on('review_rules').columns(['prison_id', 'sort']).execute();
    },
  },
};
