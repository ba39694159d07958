import { type Migration, toInstant } from '@qinqiao/server-kit';

/** What accounts have beside what `people` keeps of an officer; the rows are the same. */
export type OfficerTables = {
  officers: {
    id: string;
    prison_id: string;
    account: string;
    name: string;
    password_hash: string;
    /** 警号. */
    police_number: string;
    /** Ward or office. */
    unit_id: string | null;
    enabled: 0 | 1;
    must_change_password: 0 | 1;
    /** Of the name, in pinyin: 张建国 → zjg. */
    initials: string;
    version: number;
    created_at: string;
    updated_at: string;
  };
};

export const officerMigrations: Record<string, Migration> = {
  '2026_11_21_23_officer_accounts': {
    async up(db) {
      const now = toInstant(new Date());
      const table = () => db.schema.alterTable('officers');
      await table()
        .addColumn('police_number', 'varchar(32)', (column) => column.notNull().defaultTo(''))
        .execute();
      await table().addColumn('unit_id', 'varchar(32)').execute();
      await table()
        .addColumn('enabled', 'integer', (column) => column.notNull().defaultTo(1))
        .execute();
      await table()
        .addColumn('must_change_password', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await table()
        .addColumn('initials', 'varchar(64)', (column) => column.notNull().defaultTo(''))
        .execute();
      await table()
        .addColumn('version', 'integer', (column) => column.notNull().defaultTo(0))
        .execute();
      await table()
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull().defaultTo(now))
        .execute();
      await table()
        .addColumn('updated_at', 'varchar(24)', (column) => column.notNull().defaultTo(now))
        .execute();
      await db.schema.createIndex('ix_officers_prison').on('officers').columns(['prison_id', 'account']).execute();
      await db.schema.createIndex('ix_officers_name').on('officers').columns(['name', 'account']).execute();
      await db.schema.createIndex('ix_officers_initials').on('officers').columns(['initials', 'account']).execute();
      await db.schema.createIndex('ix_officers_number').on('officers').columns(['police_number', 'account']).execute();
    },
  },
};
