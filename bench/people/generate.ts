import { checkCharacter, Involvement, maskIdNumber, maskPhone } from '@qinqiao/contracts';
import { addOrgUnit } from '@qinqiao/domain/organisation';
import { addOfficer, noteKinPrisons, type PeopleTables, pinyinInitials } from '@qinqiao/domain/people';
import { type CryptoProvider, type Db, encryptField, searchHash } from '@qinqiao/server-kit';
import { progress } from '../stage.ts';

export const PRISONS = 15;
export const WARDS = 12;
export const INMATES = 50_000;
export const FAMILIES = 200_000;
export const OFFICERS = 2000;
const CHUNK = 500;
/** The commonest surnames, the first ones more often than the last. */
const SURNAMES =
  '王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤';
const GIVEN = '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华文建国志海晓梅雨秀红玉春雪飞鹏宇浩凯欣';

const random = (size: number) => Math.floor(Math.random() * size);
const pick = (characters: string) => characters[random(characters.length)] ?? '';
/** Two-character surnames, and names of nationalities that write theirs long. */
const LONG = ['欧阳建国', '上官雪飞', '买买提·艾力', '阿依古丽·吐尔逊'];
export const nameOf = () => (Math.random() < 0.02 ? (LONG[random(LONG.length)] ?? '') : commonName());
const commonName = () =>
  (SURNAMES[Math.floor(SURNAMES.length * Math.random() ** 2)] ?? '王') + pick(GIVEN) + (Math.random() < 0.7 ? pick(GIVEN) : '');

/** ID numbers differ by index; the check character is right. */
export function idNumberOf(index: number, region = '310101'): string {
  const day = `${1950 + (index % 50)}0${1 + (index % 9)}${10 + (index % 19)}`;
  const first = `${(Number(region) + (Math.floor(index / 1000) % 80_000)).toString()}${day}${String(index % 1000).padStart(3, '0')}`;
  return first + checkCharacter(first);
}
export const phoneOf = (index: number) => `139${String(index).padStart(8, '0')}`;

type Tables = PeopleTables;
const LEVELS = ['lenient', 'common', 'common', 'common', 'common', 'strict', 'observation'] as const;

/** Prisons, wards, three officers, inmates and families; personal fields encrypted as the product does. */
export async function addBenchPeople(db: Db, crypto: CryptoProvider, passwordHash: string): Promise<void> {
  await addOrgUnit(db, { id: 'bureau', parent_id: null, kind: 'bureau', name: '局' });
  for (let prison = 0; prison < PRISONS; prison++) {
    await addOrgUnit(db, { id: `prison-${prison}`, parent_id: 'bureau', kind: 'prison', name: `第${prison}监狱` });
    for (let ward = 0; ward < WARDS; ward++) {
      await addOrgUnit(db, { id: `prison-${prison}-ward-${ward}`, parent_id: `prison-${prison}`, kind: 'ward', name: `${ward}监区` });
    }
  }
  for (const id of ['bureau', 'prison', 'ward', 'system']) {
    await addOfficer(db, {
      id: `officer-${id}`,
      prison_id: id === 'bureau' || id === 'system' ? 'bureau' : 'prison-3',
      account: id,
      name: id,
      password_hash: passwordHash,
    });
  }
  for (let index = 0; index < OFFICERS; index++) await addOfficer(db, officerOf(index));
  await addInChunks(db, INMATES, 'inmates', (index) => inmateOf(crypto, index));
  progress('inmates are there');
  await addInChunks(db, FAMILIES, 'families', (index) => familyOf(crypto, index));
  await addInChunks(db, FAMILIES, 'kinships', async (index) => ({
    family_id: idOf('f', index),
    inmate_id: idOf('i', index % INMATES),
    relation: '亲属',
  }));
  for (let from = 0; from < FAMILIES; from += CHUNK) {
    const ids = Array.from({ length: Math.min(CHUNK, FAMILIES - from) }, (_, offset) => idOf('f', from + offset));
    await noteKinPrisons(db, ids);
  }
}

const officerOf = (index: number) => {
  const name = nameOf();
  const place = { prison_id: `prison-${index % PRISONS}`, account: `police${String(index).padStart(4, '0')}` };
  return { id: `officer-${index}`, ...place, name, password_hash: 'none' };
};

export const idOf = (kind: 'i' | 'f', index: number) => `${kind}${String(index).padStart(8, '0')}`;

async function addInChunks(
  db: Db,
  count: number,
  table: 'inmates' | 'families' | 'kinships',
  make: (index: number) => Promise<object>,
): Promise<void> {
  for (let from = 0; from < count; from += CHUNK) {
    const rows = await Promise.all(Array.from({ length: Math.min(CHUNK, count - from) }, (_, offset) => make(from + offset)));
    await db.withTables<Tables>().insertInto(table).values(rows).execute();
  }
}

async function sealed(crypto: CryptoProvider, field: string, owner: string, value: string) {
  return [await encryptField(crypto, { field, owner }, value), await searchHash(crypto, field, value)] as const;
}

const TIMES = { version: 1, created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z' };

async function inmateOf(crypto: CryptoProvider, index: number): Promise<object> {
  const id = idOf('i', index);
  const name = nameOf();
  const number = idNumberOf(index);
  const [id_number, id_number_hash] = await sealed(crypto, 'inmates.id_number', id, number);
  const prison = index % PRISONS;
  const place = { prison_id: `prison-${prison}`, ward_id: `prison-${prison}-ward-${random(WARDS)}` };
  const flags = { key_control: Math.random() < 0.03 ? 1 : 0, involved: Math.random() < 0.1 ? 1 << random(Involvement.options.length) : 0 };
  const state = Math.random() < 0.9 ? 'in_custody' : 'released';
  const personal = { id_number, id_number_hash, id_number_masked: maskIdNumber(number) };
  const level = LEVELS[random(LEVELS.length)];
  return {
    id,
    ...place,
    number: `${3100 + prison}${String(index).padStart(6, '0')}`,
    name,
    pinyin: pinyinInitials(name),
    level,
    ...flags,
    state,
    ...personal,
    ...TIMES,
  };
}

async function familyOf(crypto: CryptoProvider, index: number): Promise<object> {
  const id = idOf('f', index);
  const name = nameOf();
  const [number, tel] = [idNumberOf(index, '320101'), phoneOf(index)];
  const [id_number, id_number_hash] = await sealed(crypto, 'families.id_number', id, number);
  const [phone, phone_hash] = await sealed(crypto, 'families.phone', id, tel);
  const masked = { id_number_masked: maskIdNumber(number), phone_masked: maskPhone(tel) };
  const prison_id = `prison-${(index % INMATES) % PRISONS}`;
  return {
    id,
    name,
    pinyin: pinyinInitials(name),
    prison_id,
    id_number,
    id_number_hash,
    phone,
    phone_hash,
    ...masked,
    password_hash: '',
    ...TIMES,
  };
}
