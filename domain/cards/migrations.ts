import type { Migration } from '@qinqiao/server-kit';
import type { TableScopes } from '../scope/index.ts';

export type CardTables = {
  cards: {
    id: string;
    /** The card's own number, as readers give it. */
    uid: string;
    /** The number again while the card is in use, so that one card belongs to one person. */
    uid_in_use: string | null;
    /** The holder while the card is in use, so that one person holds one card. */
    holder_in_use: string | null;
    prison_id: string;
    ward_id: string | null;
    holder_kind: 'inmate' | 'officer';
    inmate_id: string | null;
    officer_id: string | null;
    state: 'active' | 'lost' | 'returned' | 'replaced';
    balance_fen: number;
    /** What was written onto the card bears it; an older content is of no use. */
    serial: string;
    issued_at: string;
    version: number;
  };
  card_entries: {
    id: string;
    card_id: string;
    /** The entry's number on its card. */
    no: number;
    at: string;
    kind: 'deposit' | 'withdraw' | 'transferIn' | 'transferOut' | 'reversal';
    /** Signed. */
    amount_fen: number;
    balance_fen: number;
    note: string;
    actor_id: string;
    actor_name: string;
    /** Unique: an entry is taken back once. */
    reverses: string | null;
    /** Unique: what is sent twice counts once. */
    entry_key: string;
  };
};

export const cardScopes: TableScopes = {
  cards: { prison: 'prison_id', ward: 'ward_id', via: { key: 'inmate_id', table: 'inmates', parts: true } },
  card_entries: { via: { key: 'card_id', table: 'cards' } },
};

export const cardMigrations: Record<string, Migration> = {
  '2026_11_21_50_cards': {
    async up(db) {
      await db.schema
        .createTable('cards')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('uid', 'varchar(32)', (column) => column.notNull())
        .addColumn('uid_in_use', 'varchar(32)', (column) => column.unique())
        .addColumn('holder_in_use', 'varchar(48)', (column) => column.unique())
        .addColumn('prison_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('ward_id', 'varchar(32)')
        .addColumn('holder_kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('inmate_id', 'varchar(32)')
        .addColumn('officer_id', 'varchar(32)')
        .addColumn('state', 'varchar(16)', (column) => column.notNull())
        .addColumn('balance_fen', 'integer', (column) => column.notNull())
        .addColumn('serial', 'varchar(32)', (column) => column.notNull())
        .addColumn('issued_at', 'varchar(24)', (column) => column.notNull())
        .addColumn('version', 'integer', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('ix_cards_uid').on('cards').column('uid').execute();
      await db.schema.createIndex('ix_cards_inmate').on('cards').column('inmate_id').execute();
      await db.schema.createIndex('ix_cards_officer').on('cards').column('officer_id').execute();
      await db.schema.createIndex('ix_cards_prison').on('cards').columns(['prison_id', 'id']).execute();
      await db.schema
        .createTable('card_entries')
        .addColumn('id', 'varchar(32)', (column) => column.primaryKey())
        .addColumn('card_id', 'varchar(32)', (column) => column.notNull())
        .addColumn('no', 'integer', (column) => column.notNull())
        .addColumn('at', 'varchar(24)', (column) => column.notNull())
        .addColumn('kind', 'varchar(16)', (column) => column.notNull())
        .addColumn('amount_fen', 'integer', (column) => column.notNull())
        .addColumn('balance_fen', 'integer', (column) => column.notNull())
        .addColumn('note', 'varchar(200)', (column) => column.notNull())
        .addColumn('actor_id', 'varchar(64)', (column) => column.notNull())
        .addColumn('actor_name', 'varchar(64)', (column) => column.notNull())
        .addColumn('reverses', 'varchar(32)', (column) => column.unique())
        .addColumn('entry_key', 'varchar(128)', (column) => column.notNull().unique())
        .addUniqueConstraint('uq_card_entries_no', ['card_id', 'no'])
        .execute();
    },
  },
};
