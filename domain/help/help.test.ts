import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listMessages, countUnread, readMessages } from '../messages/index.ts';
import { addOrgUnit } from '../organisation/index.ts';
import { addFamily } from '../people/index.ts';
import { type FamilyServices, openFamilyServices } from '../registrations/testing.ts';
import { DATABASES } from '../testing.ts';
import {
  addToQuestion,
  answerQuestion,
  askQuestion,
  assignQuestion,
  closeQuestion,
  getOwnQuestion,
  getQuestion,
  listOwnQuestions,
  listQuestions,
} from './index.ts';

let s: FamilyServices;
const ask = (change = {}) => askQuestion(s.family(), { unitId: s.ids.prison, title: '会见时间', text: '周末可以会见吗？', ...change });

describe.each(DATABASES)('the help centre on %s', (on) => {
  beforeEach(async () => {
    s = await openFamilyServices(on);
  });
  afterEach(() => s[Symbol.asyncDispose]());

  it('takes a question, an answer, another question and the end', async () => {
    const asked = await ask();
    expect(asked).toMatchObject({ state: 'open', unitName: '测试监狱', posts: [{ role: 'family', name: '陈秀英' }] });
    const taken = await assignQuestion(s.officer(), s.db, asked.id, { officerId: s.ids.officer, version: 1 });
    expect(taken).toMatchObject({ assigneeName: '张警官', familyName: '陈秀英' });
    await answerQuestion(s.officer(), asked.id, { text: '可以，请提前预约。', close: false, version: 2 });
    const seen = await getOwnQuestion(s.db, s.ids.family, asked.id);
    // Families do not learn officers' names.
    expect(seen).toMatchObject({ state: 'answered', posts: [{}, { role: 'officer', name: '测试监狱', text: '可以，请提前预约。' }] });
    expect(JSON.stringify(seen)).not.toContain('张警官');
    expect((await listMessages(s.db, s.ids.family, { limit: 5 })).items).toMatchObject([{ kind: 'help', link: `help:${asked.id}` }]);
    expect((await addToQuestion(s.family(), asked.id, '怎么预约？')).state).toBe('open');
    await expect(closeQuestion(s.officer(), asked.id, 3)).rejects.toMatchObject({ code: 'edit_conflict' });
    await answerQuestion(s.officer(), asked.id, { text: '在“预约会见”里选。', close: true, version: 4 });
    await expect(addToQuestion(s.family(), asked.id, '谢谢')).rejects.toMatchObject({ code: 'wrong_state' });
    expect((await getQuestion(s.db, asked.id)).posts).toHaveLength(4);
  });

  it('shows nobody another’s question', async () => {
    const { id } = await ask();
    await addFamily(s.db, s.crypto, { id: 'other', name: '吴玉珍', phone: '13911114444', password_hash: '' });
    await expect(getOwnQuestion(s.db, 'other', id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(addToQuestion(s.family('other', '吴玉珍'), id, '?')).rejects.toMatchObject({ code: 'not_found' });
    expect((await listOwnQuestions(s.db, 'other', { limit: 20 })).items).toEqual([]);
  });

  it('goes to prisons and their offices only, and not without end', async () => {
    await addOrgUnit(s.db, { id: 'office', parent_id: s.ids.prison, kind: 'office', name: '狱政科' });
    expect(await ask({ unitId: 'office' })).toMatchObject({ unitName: '测试监狱 · 狱政科' });
    await expect(ask({ unitId: s.ids.ward })).rejects.toMatchObject({ code: 'bad_request' });
    for (let more = 0; more < 9; more++) await ask();
    await expect(ask()).rejects.toMatchObject({ code: 'bad_request' });
    const found = await listQuestions(s.db, { limit: 5, unitId: 'office' });
    expect(found.items).toHaveLength(1);
    const page = await listQuestions(s.db, { limit: 5, text: '陈' });
    expect([page.items.length, page.next === null]).toEqual([5, false]);
  });

  it('counts messages as unread until they are read, by their owner only', async () => {
    const { id } = await ask();
    await answerQuestion(s.officer(), id, { text: '好', close: false, version: 1 });
    expect(await countUnread(s.db, s.ids.family)).toBe(1);
    const [message] = (await listMessages(s.db, s.ids.family, { unread: true, limit: 5 })).items;
    await expect(readMessages(s.db, 'other', message?.id, s.at())).rejects.toMatchObject({ code: 'not_found' });
    await readMessages(s.db, s.ids.family, message?.id, s.at());
    expect([await countUnread(s.db, s.ids.family), (await listMessages(s.db, s.ids.family, { unread: true, limit: 5 })).items]).toEqual([
      0,
      [],
    ]);
  });
});
