import type { PaperKind } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type AttachmentTables = {
  attachments: {
    id: string;
    family_id: string;
    kind: PaperKind;
    file_name: string;
    /** Found from its bytes, not from its name. */
    type: string;
    bytes: number;
    sm3: string;
    created_at: string;
  };
  /** What a paper was handed in with: who sees that sees the paper. */
  attachment_uses: {
    attachment_id: string;
    subject_kind: string;
    subject_id: string;
    prison_id: string;
    inmate_id: string | null;
  };
};

export const attachmentScopes: TableScopes = {
  attachments: { via: { key: 'id', table: 'attachment_uses', id: 'attachment_id' } },
  attachment_uses: { prison: 'prison_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
};

export const attachmentMigrations: Record<string, Migration> = {
  '2026_11_21_61_attachments': {
    async up(db) {
      await db.schema
        .createTable('attachments')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('family_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('file_name', 'varchar(128)', (column) => column.notNull())
        .addColumn('type', 'varchar(32)', (column) => column.notNull())
        .addColumn('bytes', 'integer', (column) => column.notNull())
        .addColumn('sm3', 'char(64)', (column) => column.notNull())
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_attachments_family').on('attachments').columns(['family_id', 'id']).execute();
      await db.schema
        .createTable('attachment_uses')
        .addColumn('attachment_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('subject_kind', 'varchar(32)', (column) => column.notNull())
        .addColumn('subject_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)')
        .addPrimaryKeyConstraint('pk_attachment_uses', ['attachment_id', 'subject_kind', 'subject_id'])
        .execute();
      await db.schema.createIndex('ix_attachment_uses_subject').on('attachment_uses').columns(['subject_kind', 'subject_id']).execute();
    },
  },
};
