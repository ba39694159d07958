import type { FaceSubject } from '@qinqiao/contracts';
import type { CryptoProvider, Db } from '@qinqiao/server-kit';
import { personHashes } from '../people/index.ts';
import { faceTables } from './people.ts';

/** Folders, what Macs and Windows put beside pictures: not files of the zip to us. */
const OTHERS = /(^|\/)(__MACOSX\/|\.[^/]*$|Thumbs\.db$|desktop\.ini$)|\/$/i;
const PICTURE = /\.(jpe?g|png|webp)$/i;

/** The files of a zip that are meant as pictures, in the zip's order. */
export const pictureNames = (names: readonly string[]): string[] => names.filter((name) => !OTHERS.test(name));

/** What a file's name says of whose picture it is, the likeliest first: `dir/1001-2.jpg` → 1001-2, 1001. Empty when it is no picture's name. */
export function namesMeant(fileName: string): string[] {
  const file = fileName.split('/').at(-1) ?? '';
  if (!PICTURE.test(file)) return [];
  const whole = file.replace(PICTURE, '').normalize('NFKC').trim();
  const shorter = whole.replace(/(?:[-_ ]|\s*\()\d{1,2}\)?$/, '');
  return [...new Set([whole, shorter])].filter((name) => name !== '' && name.length <= 32);
}

/** Whose picture a file is: an inmate's by number, a family member's by ID number or telephone. `db` is scoped: who is not seen is not found. */
export async function personNamed(
  db: Db,
  crypto: CryptoProvider,
  subject: Exclude<FaceSubject, 'companion'>,
  fileName: string,
): Promise<{ id: string; name: string } | null> {
  for (const name of namesMeant(fileName)) {
    const found = subject === 'inmate' ? await inmateNumbered(db, name) : await familyKnownBy(db, crypto, name);
    if (found) return found;
  }
  return null;
}

const inmateNumbered = (db: Db, number: string) =>
  faceTables(db).selectFrom('inmates').select(['id', 'name']).where('number', '=', number).executeTakeFirst();

async function familyKnownBy(db: Db, crypto: CryptoProvider, text: string) {
  const families = faceTables(db).selectFrom('families').select(['id', 'name']);
  const byId = await families.where('id_number_hash', 'in', await personHashes(crypto, 'families', 'idNumber', text)).executeTakeFirst();
  return byId ?? families.where('phone_hash', 'in', await personHashes(crypto, 'families', 'phone', text)).executeTakeFirst();
}
