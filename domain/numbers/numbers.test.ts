import { newId } from '@qinqiao/server-kit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addFamily, addInmate } from '../people/index.ts';
import { type FamilyServices, openFamilyServices } from '../registrations/testing.ts';
import { DATABASES } from '../testing.ts';
import {
  addNumber,
  applyForNumber,
  changeNumber,
  deleteNumber,
  endNumber,
  listNumbers,
  listOwnNumbers,
  resubmitNumber,
  unmaskNumber,
  withdrawNumber,
} from './index.ts';

let s: FamilyServices;
const number = (change = {}) => ({
  inmateId: s.ids.inmate,
  phone: '13822223333',
  name: '陈秀英',
  relation: 'mother',
  validFrom: '2026-11-21',
  validUntil: '2027-11-20',
  note: '',
  ...change,
});
const list = (filter = {}) => listNumbers(s.db, s.crypto, { limit: 20, ...filter }, s.clock.now());
const fieldOf = (run: Promise<unknown>) =>
  run.then(
    () => null,
    (error: { fields?: Record<string, string> }) => Object.keys(error.fields ?? {})[0],
  );

describe.each(DATABASES)('family phone numbers on %s', (on) => {
  beforeEach(async () => {
    s = await openFamilyServices(on);
  });
  afterEach(() => s[Symbol.asyncDispose]());

  it('are applied for, refused with a reason, sent again and approved; masked and encrypted', async () => {
    const asked = await applyForNumber(s.family(), number());
    expect(asked).toMatchObject({ state: 'pending', phone: '138****3333', relation: { zh: '母亲' } });
    expect(await fieldOf(applyForNumber(s.family(), number()))).toBe('phone');
    await s.decide(asked.id, '号码不是本人实名');
    expect(await listOwnNumbers(s.db, s.ids.family, s.clock.now())).toMatchObject([{ state: 'refused', decision: '号码不是本人实名' }]);
    await addFamily(s.db, s.crypto, { id: 'other', name: '吴玉珍', phone: '13911114444', password_hash: '' });
    const other = s.family('other', '吴玉珍');
    const { inmateId: _inmate, ...again } = number({ phone: '13822224444' });
    await expect(resubmitNumber(other, asked.id, { ...again, version: 2 })).rejects.toMatchObject({ code: 'not_found' });
    await expect(withdrawNumber(other, asked.id, 2)).rejects.toMatchObject({ code: 'not_found' });
    expect(await fieldOf(applyForNumber(other, number()))).toBe('inmateId');
    await resubmitNumber(s.family(), asked.id, { ...again, version: 2 });
    await s.decide(asked.id);
    const { items } = await list({ text: '138 2222 4444' });
    expect(items).toMatchObject([{ state: 'active', phone: '138****4444', familyName: '陈秀英', sharedBy: 0 }]);
    const rows = await s.db.withTables<{ family_numbers: Record<string, string> }>().selectFrom('family_numbers').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain('13822224444');
    expect(await unmaskNumber(s.officer(), asked.id, '核实')).toBe('13822224444');
  });

  it('show the officer when one number is bound to several inmates', async () => {
    const second = newId();
    await addInmate(s.db, { id: second, prison_id: s.ids.prison, ward_id: s.ids.ward, number: 'B7', name: '李四' });
    await addNumber(s.officer(), number());
    const added = await addNumber(s.officer(), number({ inmateId: second, name: '李母' }));
    expect(added).toMatchObject({ sharedBy: 1, sharedWith: [{ inmateName: '陈建国', name: '陈秀英', relation: '母亲' }] });
    await addNumber(s.officer(), number({ phone: '13822225555' }));
    expect((await list({ shared: true })).items.map(({ inmateName }) => inmateName).toSorted()).toEqual(['李四', '陈建国'].toSorted());
    expect((await list({ text: 'B7' })).items).toHaveLength(1);
  });

  it('are changed, ended and then deleted by officers', async () => {
    const { id } = await addNumber(s.officer(), number());
    expect(await fieldOf(addNumber(s.officer(), number()))).toBe('phone');
    expect(await fieldOf(addNumber(s.officer(), number({ phone: '13822226666', relation: 'nobody' })))).toBe('relation');
    const { inmateId: _inmate, phone: _phone, ...content } = number({ name: '陈母' });
    const changed = await changeNumber(s.officer(), id, { ...content, version: 1 });
    expect(changed).toMatchObject({ name: '陈母', phone: '138****3333' });
    await expect(deleteNumber(s.officer(), id, 2)).rejects.toMatchObject({ code: 'wrong_state' });
    await endNumber(s.officer(), id, { reason: '停机', version: 2 });
    await deleteNumber(s.officer(), id, 3);
    expect((await list()).items).toEqual([]);
  });
});
