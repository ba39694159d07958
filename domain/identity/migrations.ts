import type { FactorKind } from '@qinqiao/contracts';
import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type IdentityTables = {
  sessions: {
    token_hash: string;
    /** What a session is called by where its token must not be told. */
    id: string;
    role: 'officer' | 'inmate' | 'family';
    subject_id: string;
    device_id: string | null;
    opened_at: string;
    /** The last request, to half a minute. */
    seen_at: string;
    expires_at: string;
    /** When the officer last showed password and second factor. */
    confirmed_at: string | null;
    /** JSON: what must be done before anything else (LoginTodo[]). */
    todo: string;
    address: string;
    agent: string;
  };
  login_failures: { login: string; count: number; until: string };
  officer_factors: {
    id: string;
    officer_id: string;
    kind: FactorKind;
    name: string;
    /** TOTP: the secret, encrypted. SM2: the public key. */
    secret: string;
    /** SM2: the certificate the key came with, PEM. */
    certificate: string | null;
    /** Null until a first code has shown that the authenticator has the secret. */
    confirmed_at: string | null;
    created_at: string;
    used_at: string | null;
    /** TOTP: the time step of the last code, so that none is taken twice. */
    last_step: number;
  };
  /** What opens a family member's session once, within a minute. */
  handover_codes: { code_hash: string; family_id: string; expires_at: string };
  /** What is to be signed or answered soon, once. */
  login_challenges: { id_hash: string; officer_id: string; purpose: 'login' | 'own'; challenge: string; expires_at: string };
};

export const identityScopes: TableScopes = {
  sessions: 'open',
  login_failures: 'open',
  officer_factors: { via: { key: 'officer_id', table: 'officers' } },
  login_challenges: 'open',
  handover_codes: 'open',
};

export const identityMigrations: Record<string, Migration> = {
  '2026_11_20_03_identity': {
    async up(db) {
      await db.schema
        .createTable('sessions')
        .addColumn('token_hash', 'char(64)', (column) => column.primaryKey())
        .addColumn('role', 'varchar(16)', (column) => column.notNull())
        .addColumn('subject_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('device_id', 'varchar(32)')
        .addColumn('expires_at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('login_failures')
        .addColumn('login', 'varchar(128)', (column) => column.primaryKey())
        .addColumn('count', 'integer', (column) => column.notNull())
        .addColumn('until', 'varchar(24)', (column) => column.notNull())
        .execute();
    },
  },
  '2026_11_21_22_second_factor': {
    async up(db) {
      // Sessions of before say too little about themselves; whoever had one logs in again.
      await db.schema.dropTable('sessions').execute();
      await db.schema
        .createTable('sessions')
        .addColumn('token_hash', 'char(64)', (column) => column.primaryKey())
        .addColumn('id', 'varchar(32)', (column) => column.notNull().unique())
        .addColumn('role', 'varchar(16)', (column) => column.notNull())
        .addColumn('subject_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('device_id', 'varchar(32)')
        .addColumn('opened_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('seen_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('expires_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('confirmed_at', 'varchar(24)')
        .addColumn('todo', 'varchar(64)', (column) => column.notNull())
        .addColumn('address', 'varchar(64)', (column) => column.notNull())
        .addColumn('agent', 'varchar(256)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_sessions_subject').on('sessions').columns(['role', 'subject_id']).execute();
      await db.schema.createIndex('ix_sessions_expires').on('sessions').column('expires_at').execute();
      await db.schema
        .createTable('officer_factors')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('officer_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('name', 'varchar(64)', (column) => column.notNull())
        .addColumn('secret', 'varchar(400)', (column) => column.notNull())
        .addColumn('certificate', 'text')
        .addColumn('confirmed_at', 'varchar(24)')
        .addColumn('created_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('used_at', 'varchar(24)')
        .addColumn('last_step', 'bigint', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_officer_factors').on('officer_factors').column('officer_id').execute();
      await db.schema
        .createTable('login_challenges')
        .addColumn('id_hash', 'char(64)', (column) => column.primaryKey())
        .addColumn('officer_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('purpose', 'varchar(16)', (column) => column.notNull())
        .addColumn('challenge', 'char(64)', (column) => column.notNull())
        .addColumn('expires_at', 'varchar(24)', (column) => column.notNull())
        .execute();
    },
  },
  '2026_11_21_66_handover': {
    async up(db) {
      await db.schema
        .createTable('handover_codes')
        .addColumn('code_hash', 'char(64)', (column) => column.primaryKey())
        .addColumn('family_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('expires_at', 'varchar(24)', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_handover_codes').on('handover_codes').column('expires_at').execute();
    },
  },
};
