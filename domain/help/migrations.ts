import type { HelpState } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type HelpTables = {
  help_questions: {
    id: string;
    family_id: string;
    /** The prison or office that is asked, and the prison (or bureau) it belongs to. */
    unit_id: string;
    prison_id: string;
    title: string;
    state: HelpState;
    assignee_id: string | null;
    assignee_name: string | null;
    asked_at: string;
    updated_at: string;
    version: number;
  };
  help_posts: {
    id: string;
    question_id: string;
    at: string;
    role: 'family' | 'officer';
    author_id: string;
    author_name: string;
    text: string;
  };
};

export const helpScopes: TableScopes = {
  help_questions: { prison: 'prison_id', ward: 'unit_id', own: 'assignee_id' },
  help_posts: { via: { key: 'question_id', table: 'help_questions' } },
};

export const helpMigrations: Record<string, Migration> = {
  '2026_11_21_65_help': {
    async up(db) {
      await db.schema
        .createTable('help_questions')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('family_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('unit_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('title', 'varchar(60)', (column) => column.notNull())
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('assignee_id', 'varchar(32)')
        .addColumn('assignee_name', 'varchar(64)')
        .addColumn('asked_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      const indexes = {
        family: ['family_id', 'id'],
        prison: ['prison_id', 'state', 'id'],
        unit: ['unit_id', 'id'],
        assignee: ['assignee_id', 'id'],
      };
      for (const [name, columns] of Object.entries(indexes)) {
        await db.schema.createIndex(`ix_help_questions_${name}`).on('help_questions').columns(columns).execute();
      }
      await db.schema
        .createTable('help_posts')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('question_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .addColumn('role', 'varchar(16)', (column) => column.notNull())
        .addColumn('author_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('author_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('text', 'varchar(1000)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_help_posts_question').on('help_posts').columns(['question_id', 'id']).execute();
    },
  },
};
