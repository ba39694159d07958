import type { CryptoProvider } from './provider.ts';
import { keyIdOf } from './software.ts';

/** Where an encrypted field stands. What is copied to another column or row does not open there. */
export interface FieldPlace {
  /** `table.column`. */
  field: string;
  /** The row's id. */
  owner: string;
}

const contextOf = ({ field, owner }: FieldPlace) => `field ${field} ${owner}`;

/** Encrypts personal data for its column: at most 77 characters and 4 for each 3 bytes of the text's UTF-8. */
export function encryptField(crypto: CryptoProvider, place: FieldPlace, text: string): Promise<string> {
  return crypto.encrypt(contextOf(place), Buffer.from(text));
}

/** Throws `data_damaged` when the field was changed or stood elsewhere, `key_unavailable` when its key is gone. */
export async function decryptField(crypto: CryptoProvider, place: FieldPlace, stored: string): Promise<string> {
  return (await crypto.decrypt(contextOf(place), stored)).toString();
}

/** The field under the newest key; the same text when it is already. */
export async function renewField(crypto: CryptoProvider, place: FieldPlace, stored: string): Promise<string> {
  const [newest] = await crypto.keyIds();
  return keyIdOf(stored) === newest ? stored : encryptField(crypto, place, await decryptField(crypto, place, stored));
}

/** The hash to store beside an encrypted field (char(64)), by which it is found again: equal texts of a column have equal hashes. */
export function searchHash(crypto: CryptoProvider, field: string, text: string): Promise<string> {
  return crypto.searchHash(field, searchable(text));
}

/** The hashes a text may be stored under, for `where … in`: one for each key that was ever used. */
export function searchHashes(crypto: CryptoProvider, field: string, text: string): Promise<string[]> {
  return crypto.searchHashes(field, searchable(text));
}

/** Width, case and white space do not tell two phone numbers, document numbers or names apart. */
const searchable = (text: string) => Buffer.from(text.normalize('NFKC').replace(/\s+/gu, '').toUpperCase());
