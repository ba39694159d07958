import { maskAddress, maskBirthDate, type MaskedField, maskIdNumber, maskPhone } from '@qinqiao/contracts';
import { type CryptoProvider, decryptField, encryptField, searchHash, searchHashes } from '@qinqiao/server-kit';

/** Tables whose rows carry personal fields. */
export type PersonTable = 'inmates' | 'families' | 'contacts';

const COLUMNS = { idNumber: 'id_number', phone: 'phone', address: 'address', birthDate: 'birth_date' } as const;
const MASKS = { idNumber: maskIdNumber, phone: maskPhone, address: maskAddress, birthDate: maskBirthDate };
/** Fields by which a person is found again. */
const FOUND_BY: readonly MaskedField[] = ['idNumber', 'phone'];

export const columnOf = (field: MaskedField) => COLUMNS[field];
const placeOf = (table: PersonTable, field: MaskedField, owner: string) => ({ field: `${table}.${COLUMNS[field]}`, owner });

/** The columns of a personal field, as they are stored: encrypted, its search hash where there is one, and what lists show of it. */
type Stored<Field extends MaskedField> = {
  [Each in Field as (typeof COLUMNS)[Each]]: string | null;
} & { [Each in Field as `${(typeof COLUMNS)[Each]}_masked`]: string } & {
  [Each in Extract<Field, 'idNumber' | 'phone'> as `${(typeof COLUMNS)[Each]}_hash`]: string | null;
};

/**
 * Makes the stored columns of the fields given; what is undefined is left out, what is null or empty is stored as nothing. The masked
 * text is made when the field is written, so that lists need no key and decrypt nothing.
 */
export async function sealPersonal<Field extends MaskedField>(
  crypto: CryptoProvider,
  table: PersonTable,
  id: string,
  values: { [Each in Field]: string | null | undefined },
): Promise<Partial<Stored<Field>>> {
  const columns: Record<string, string | null> = {};
  for (const [field, value] of Object.entries(values) as [Field, string | null | undefined][]) {
    if (value === undefined) continue;
    const name = COLUMNS[field];
    columns[name] = value ? await encryptField(crypto, placeOf(table, field, id), value) : null;
    columns[`${name}_masked`] = value ? MASKS[field](value) : '';
    if (FOUND_BY.includes(field)) columns[`${name}_hash`] = value ? await personHash(crypto, table, field, value) : null;
  }
  return columns as Partial<Stored<Field>>;
}

export const personHash = (crypto: CryptoProvider, table: PersonTable, field: MaskedField, value: string): Promise<string> =>
  searchHash(crypto, `${table}.${COLUMNS[field]}`, value);

/** Under which hashes a value may be stored, for `where … in`. */
export const personHashes = (crypto: CryptoProvider, table: PersonTable, field: MaskedField, value: string): Promise<string[]> =>
  searchHashes(crypto, `${table}.${COLUMNS[field]}`, value);

/** The clear text of a stored field; null stays null. */
export const openPersonal = async (
  crypto: CryptoProvider,
  table: PersonTable,
  id: string,
  field: MaskedField,
  stored: string | null,
): Promise<string | null> => (stored === null ? null : decryptField(crypto, placeOf(table, field, id), stored));
