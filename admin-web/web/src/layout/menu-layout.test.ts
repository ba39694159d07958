import type { MenuLayout } from '@qinqiao/contracts';
import { expect, it } from 'vitest';
import { builtInLayout, type MenuNode, menuFromLayout } from './menu-layout.ts';
import type { PageEntry } from './pages.ts';

const page = (key: PageEntry['key'], change: Partial<PageEntry> = {}): PageEntry => ({
  path: `/${key}`,
  key,
  group: 'visits',
  load: () => Promise.reject(new Error('not loaded here')),
  ...change,
});
const PAGES = [page('today'), page('words', { permission: 'word.read' }), page('menus', { group: 'settings', permission: 'menu.edit' })];
const names = (key: string) => ({ zh: key, en: key });
const outline = (nodes: MenuNode[] | null): unknown =>
  nodes?.map(({ id, children }) => (children.length > 0 ? [id, outline(children)] : id));
const everything = () => true;

it('without a menu of its own an installation has the built-in one', () => {
  expect(menuFromLayout({ subsystems: [], entries: [] }, PAGES, everything)).toBeNull();
});

it('the built-in menu as a layout shows what the built-in menu shows', () => {
  const layout = builtInLayout(PAGES, ['visits', 'settings', 'audit'], names);
  expect(outline(menuFromLayout(layout, PAGES, everything))).toEqual([
    ['visits', ['today', 'words']],
    ['settings', ['menus']],
  ]);
});

const entry = (id: string, target: MenuLayout['entries'][number]['target'], parentId: string | null = null, enabled = true) => ({
  id,
  subsystemId: 's',
  parentId,
  zh: id,
  en: id,
  target,
  enabled,
});

it('nobody sees what is off, gone, empty or not allowed, and who may edit the menu always finds the editor', () => {
  const layout: MenuLayout = {
    subsystems: [
      { id: 's', zh: 's', en: 's', enabled: true },
      { id: 'off', zh: 'off', en: 'off', enabled: false },
    ],
    entries: [
      entry('group', { kind: 'group' }),
      entry('inside', { kind: 'page', page: 'words' }, 'group'),
      entry('gone', { kind: 'page', page: 'no-such-page' }),
      entry('off-entry', { kind: 'page', page: 'today' }, null, false),
      entry('link', { kind: 'link', url: 'https://example.com' }),
    ],
  };
  const editor = (seen: PageEntry) => seen.permission === 'menu.edit';
  expect(outline(menuFromLayout(layout, PAGES, editor))).toEqual([['s', ['link']], 'menu-editor']);
  const officer = (seen: PageEntry) => seen.permission !== 'menu.edit';
  expect(outline(menuFromLayout(layout, PAGES, officer))).toEqual([['s', [['group', ['inside']], 'link']]]);
});
