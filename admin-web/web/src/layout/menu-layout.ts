import type { MenuEntry, MenuLayout } from '@qinqiao/contracts';
import type { PageEntry } from './pages.ts';

/** A menu as it is drawn: headings with what is below them. */
export interface MenuNode {
  id: string;
  label: { zh: string; en: string };
  /** What it opens; null: it only holds others. */
  opens: { path: string } | { url: string } | null;
  page: PageEntry | null;
  children: MenuNode[];
}

/** A page can be reached by its address even when no menu shows it: who may edit the menu always finds the editor. */
const EDITOR = 'menus';

/**
 * The menu that was set, without what is switched off, pages that this version does not have or the officer may not open (`isShown`), and
 * groups that are empty then. Null: none was set.
 */
export function menuFromLayout(layout: MenuLayout, pages: readonly PageEntry[], isShown: (page: PageEntry) => boolean): MenuNode[] | null {
  if (layout.subsystems.length === 0) return null;
  const below = (subsystemId: string, parentId: string | null): MenuNode[] =>
    layout.entries
      .filter((entry) => entry.enabled && entry.subsystemId === subsystemId && entry.parentId === parentId)
      .flatMap((entry) => nodeOf(entry, pages, isShown, () => below(subsystemId, entry.id)));
  const nodes = layout.subsystems
    .filter(({ enabled }) => enabled)
    .map(({ id, zh, en }): MenuNode => ({ id, label: { zh, en }, opens: null, page: null, children: below(id, null) }))
    .filter(({ children }) => children.length > 0);
  return withEditor(nodes, pages, isShown);
}

function nodeOf(
  { id, zh, en, target }: MenuEntry,
  pages: readonly PageEntry[],
  isShown: (page: PageEntry) => boolean,
  children: () => MenuNode[],
): MenuNode[] {
  const label = { zh, en };
  if (target.kind === 'link') return [{ id, label, opens: { url: target.url }, page: null, children: [] }];
  if (target.kind === 'page') {
    const page = pages.find(({ key, hidden }) => key === target.page && !hidden);
    return page && isShown(page) ? [{ id, label, opens: { path: page.path }, page, children: [] }] : [];
  }
  const inside = children();
  return inside.length > 0 ? [{ id, label, opens: null, page: null, children: inside }] : [];
}

function withEditor(nodes: MenuNode[], pages: readonly PageEntry[], isShown: (page: PageEntry) => boolean): MenuNode[] {
  const page = pages.find(({ key }) => key === EDITOR);
  const shows = (node: MenuNode): boolean => node.page?.key === EDITOR || node.children.some(shows);
  if (!page || !isShown(page) || nodes.some(shows)) return nodes;
  const label = { zh: '菜单与子系统', en: 'Menus and subsystems' };
  return [...nodes, { id: 'menu-editor', label, opens: { path: page.path }, page, children: [] }];
}

/** The built-in menu as a layout, to begin a site's own from: one subsystem a group. */
export function builtInLayout(
  pages: readonly PageEntry[],
  groups: readonly PageEntry['group'][],
  names: (key: string) => { zh: string; en: string },
): MenuLayout {
  const shown = pages.filter(({ hidden }) => !hidden);
  const subsystems = groups.filter((group) => shown.some((page) => page.group === group));
  return {
    subsystems: subsystems.map((group) => ({ id: group, ...names(`nav.groups.${group}`), enabled: true })),
    entries: shown.map(({ key, group }) => ({
      id: key,
      subsystemId: group,
      parentId: null,
      ...names(`nav.${key}`),
      target: { kind: 'page', page: key },
      enabled: true,
    })),
  };
}
