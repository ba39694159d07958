import { expect, it } from 'vitest';
import { MenuLayout, type MenuTarget } from './menus.ts';

const subsystem = { id: 's', zh: '会见', en: 'Visits', enabled: true };
const GROUP: MenuTarget = { kind: 'group' };
const entry = (id: string, parentId: string | null, target: MenuTarget = GROUP, subsystemId = 's') => ({
  id,
  subsystemId,
  parentId,
  zh: id,
  en: id,
  target,
  enabled: true,
});
const wrong = (entries: ReturnType<typeof entry>[]) =>
  MenuLayout.safeParse({ subsystems: [subsystem], entries }).error?.issues.map(({ path }) => path.join('.'));

it('a menu takes entries below groups, three levels deep', () => {
  expect(wrong([entry('a', null), entry('b', 'a'), entry('c', 'b', { kind: 'page', page: 'inmates' })])).toBeUndefined();
  expect(wrong([entry('a', null), entry('b', 'a'), entry('c', 'b'), entry('d', 'c')])).toEqual(['entries.3.parentId']);
});

it('a menu refuses circles, ids that are there twice, and parents that are elsewhere or no groups', () => {
  expect(wrong([entry('a', 'b'), entry('b', 'a')])).toEqual(['entries.0.parentId', 'entries.1.parentId']);
  expect(wrong([entry('a', null), entry('a', null)])).toEqual(['entries']);
  expect(wrong([entry('a', null, { kind: 'page', page: 'x' }), entry('b', 'a')])).toEqual(['entries.1.parentId']);
  expect(wrong([entry('a', 'nowhere')])).toEqual(['entries.0.parentId']);
  expect(wrong([entry('a', null, GROUP, 'other')])).toEqual(['entries.0.subsystemId']);
});

it('a menu links only to pages a browser opens', () => {
  const link = (url: string) => wrong([entry('a', null, { kind: 'link', url })]);
  for (const url of ['https://example.com/x', 'http://10.0.0.1', '/family/']) expect(link(url), url).toBeUndefined();
  for (const url of ['javascript:alert(1)', '//evil.example', 'data:text/html,x', ''])
    expect(link(url), url).toEqual(['entries.0.target.url']);
});
