import { birthDateOf, checkCharacter, genderOf } from '@qinqiao/contracts';
import { addFamily, addInmate, addKinship, createContact, sealPersonal } from '@qinqiao/domain/people';
import { type CryptoProvider, type Db, SYSTEM_ACTOR } from '@qinqiao/server-kit';

/** Invented ID numbers: region, birth date and sequence, with the right check character. */
const idNumber = (first17: string) => first17 + checkCharacter(first17);

export const DEMO_INMATES = [
  {
    id: 'demo-inmate-1',
    number: 'A1001',
    name: '陈建国',
    ward: 0,
    idNumber: idNumber('31010119720514011'),
    level: 'common',
    admittedOn: '2021-03-12',
  },
  {
    id: 'demo-inmate-2',
    number: 'A1002',
    name: '李志强',
    ward: 0,
    idNumber: idNumber('31010519880923055'),
    level: 'lenient',
    admittedOn: '2023-07-01',
  },
  {
    id: 'demo-inmate-3',
    number: 'B2001',
    name: '王海涛',
    ward: 1,
    idNumber: idNumber('31011519790108037'),
    level: 'strict',
    admittedOn: '2019-11-20',
  },
] as const;
export const DEMO_FAMILIES = [
  { id: 'demo-family-1', phone: '13800000001', name: '陈秀英', inmate: 0, relation: '母亲', idNumber: idNumber('31010119490320022') },
  { id: 'demo-family-2', phone: '13800000002', name: '李晓梅', inmate: 1, relation: '妻子', idNumber: idNumber('31010519900606048') },
  { id: 'demo-family-3', phone: '13800000003', name: '王小雨', inmate: 2, relation: '女儿', idNumber: idNumber('31011520040215066') },
] as const;
const CONTACTS = [
  {
    kind: 'agency',
    organisation: '示范区人民检察院',
    name: '赵明',
    idNumber: idNumber('31010419800317031'),
    purpose: '驻监检察',
    phone: '13800000101',
  },
  {
    kind: 'helper',
    organisation: '示范街道司法所',
    name: '孙丽华',
    idNumber: idNumber('31010619751102084'),
    purpose: '帮教安置',
    phone: '13800000102',
  },
] as const;
const ADDRESS = '上海市示范区某路 1 号';

interface DemoPeople {
  prisonId: string;
  wards: readonly { id: string }[];
  /** Of the families' passwords, in their order. */
  hashes: readonly string[];
  now: Date;
}

/** The demo prison's inmates with their families, and those who come on business. */
export async function addDemoPeople(db: Db, crypto: CryptoProvider, { prisonId, wards, hashes, now }: DemoPeople): Promise<void> {
  for (const inmate of DEMO_INMATES) await addInmate(db, await inmateRow(crypto, inmate, prisonId, wards[inmate.ward]?.id ?? ''));
  for (const [index, { id, phone, name, inmate, relation, idNumber: number }] of DEMO_FAMILIES.entries()) {
    const content = { id, phone, name, idNumber: number, address: ADDRESS, prison_id: prisonId };
    await addFamily(db, crypto, { ...content, password_hash: hashes[index] ?? '' });
    await addKinship(db, { family_id: id, inmate_id: DEMO_INMATES[inmate].id, relation });
  }
  const editing = { db, crypto, actor: SYSTEM_ACTOR, now };
  const open = { prisonId, state: 'active' as const, validFrom: null, validUntil: null };
  for (const contact of CONTACTS) await createContact(editing, { ...contact, ...open });
}

async function inmateRow(crypto: CryptoProvider, inmate: (typeof DEMO_INMATES)[number], prisonId: string, wardId: string) {
  const { id, number, name, level, idNumber: own, admittedOn } = inmate;
  const personal = await sealPersonal(crypto, 'inmates', id, { idNumber: own, birthDate: birthDateOf(own) });
  const strict = level === 'strict' ? { key_control: 1 as const, involved: 4 } : {};
  const place = { prison_id: prisonId, ward_id: wardId };
  return { id, number, name, ...place, level, gender: genderOf(own), nationality: '中国', admitted_on: admittedOn, ...strict, ...personal };
}
