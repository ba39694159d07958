import type { TransferKind } from '../../transfers/kind.ts';
import { CONTACT_TRANSFER_COLUMNS, contactRules } from './contacts.ts';
import { exportContacts, exportFamilies, exportInmates } from './exports.ts';
import { FAMILY_TRANSFER_COLUMNS, openFamilyImporter } from './families.ts';
import { openPeopleImporter } from './importer.ts';
import { INMATE_RULES, INMATE_TRANSFER_COLUMNS, LEVEL_COLUMN, LEVEL_RULES, NUMBER_COLUMN } from './inmates.ts';
import { openLookups } from './places.ts';
import { movePeople } from './move.ts';
import { discardStaged } from './stage.ts';

export const inmateTransfer: TransferKind = {
  name: 'inmates',
  title: { zh: '罪犯', en: 'Inmates' },
  columns: INMATE_TRANSFER_COLUMNS,
  importPermission: 'inmate.import',
  exportPermission: 'inmate.export',
  importer: (context) => openPeopleImporter(context, INMATE_RULES),
  tables: ['inmates'],
  move: (trx, id, most) => movePeople(trx, 'inmates', id, most),
  discard: (trx, id, most) => discardStaged(trx, 'inmates', id, most),
  exporter: exportInmates,
};

export const inmateLevelTransfer: TransferKind = {
  name: 'inmate-levels',
  title: { zh: '罪犯处遇等级', en: 'Treatment levels' },
  columns: [NUMBER_COLUMN, { ...LEVEL_COLUMN, required: true }],
  importPermission: 'inmate.import',
  importer: (context) => openPeopleImporter(context, LEVEL_RULES),
  move: (trx, id, most) => movePeople(trx, 'inmates', id, most),
  discard: (trx, id, most) => discardStaged(trx, 'inmates', id, most),
};

export const familyTransfer: TransferKind = {
  name: 'families',
  title: { zh: '家属', en: 'Families' },
  columns: FAMILY_TRANSFER_COLUMNS,
  importPermission: 'family.import',
  exportPermission: 'family.export',
  importer: (context) => openFamilyImporter(context),
  tables: ['families', 'kinships'],
  move: (trx, id, most) => movePeople(trx, 'families', id, most),
  discard: (trx, id, most) => discardStaged(trx, 'families', id, most),
  exporter: exportFamilies,
};

export const contactTransfer: TransferKind = {
  name: 'contacts',
  title: { zh: '对公与帮教人员', en: 'Agency staff and helpers' },
  columns: CONTACT_TRANSFER_COLUMNS,
  importPermission: 'contact.import',
  exportPermission: 'contact.export',
  importer: async (context) => openPeopleImporter(context, contactRules(await openLookups(context))),
  tables: ['contacts'],
  move: (trx, id, most) => movePeople(trx, 'contacts', id, most),
  discard: (trx, id, most) => discardStaged(trx, 'contacts', id, most),
  exporter: exportContacts,
};
