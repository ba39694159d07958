import { ExportOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Menu, type MenuProps } from 'antd';
import { useMemo } from 'react';
import { useLocation, useNavigate } from 'react-router-dom';
import { usePermissions } from '../components/use-allowed.ts';
import { type Translate, useLanguage, useText } from '../i18n/index.ts';
import { OverdueBadge } from '../relistening/overdue-badge.tsx';
import { api } from '../session/api.ts';
import { type MenuNode, menuFromLayout } from './menu-layout.ts';
import { PAGE_ICONS } from './page-icons.tsx';
import { GROUPS, PAGES, type PageEntry } from './pages.ts';

export const MENU_KEY = ['menu'];
/** How soon a menu that an administrator has changed is everybody's. */
const REFRESH_MS = 60_000;
const EXTERNAL = 'link:';

/** The pages an officer may open: as the site's administrator has arranged them, else group by group. */
export function SideMenu({ folded }: { folded: boolean }) {
  const t = useText();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const open = (key: string) => {
    if (key.startsWith(EXTERNAL)) window.open(key.slice(EXTERNAL.length).replace(/^[^|]*\|/, ''), '_blank', 'noopener');
    else void navigate(key.replace(/^[^|]*\|/, ''));
  };
  const items = useItems();
  const here = `/${pathname.split('/')[1]}`;
  return (
    <nav className={folded ? 'shell-menu folded' : 'shell-menu'} aria-label={t('nav.menu')}>
      <Menu
        mode="inline"
        inlineCollapsed={folded}
        items={items}
        selectedKeys={keysOf(items).filter((key) => key.replace(/^[^|]*\|/, '') === here)}
        onClick={({ key }) => open(key)}
      />
    </nav>
  );
}

function useItems(): MenuItem[] {
  const t = useText();
  const language = useLanguage();
  const permissions = usePermissions();
  const { data } = useQuery({ queryKey: MENU_KEY, queryFn: () => api.getMenu(), refetchInterval: REFRESH_MS, staleTime: REFRESH_MS });
  return useMemo(() => {
    const shown = (page: PageEntry) => isShown(page, permissions);
    const own = data ? menuFromLayout(data.layout, PAGES, shown) : null;
    return own ? own.map((node) => ownItem(node, language, true)) : menuItems(PAGES.filter(shown), t);
  }, [data, permissions, language, t]);
}

export const isShown = (page: PageEntry, permissions: ReadonlySet<string>) => !page.hidden && isAllowed(page, permissions);
export const isAllowed = ({ permission }: Pick<PageEntry, 'permission'>, permissions: ReadonlySet<string>) =>
  !permission || [permission].flat().some((one) => permissions.has(one));

type MenuItem = NonNullable<NonNullable<MenuProps['items']>[number]>;

function keysOf(items: readonly unknown[]): string[] {
  return (items as { key?: string; children?: unknown[] }[]).flatMap(({ key, children }) => [
    ...(key ? [key] : []),
    ...keysOf(children ?? []),
  ]);
}

function menuItems(pages: PageEntry[], t: Translate): MenuItem[] {
  return GROUPS.flatMap((group) => {
    const children = pages.filter((page) => page.group === group).map((page) => item(page, t));
    return children.length > 0 ? [{ type: 'group' as const, key: group, label: t(`nav.groups.${group}`), children }] : [];
  });
}

/** A page's name, and beside some what waits there. */
function Label({ page, text }: { page: PageEntry['key'] | undefined; text: string }) {
  return (
    <span data-testid={`nav-${page}`}>
      {text} {page === 'relistening' && <OverdueBadge />}
    </span>
  );
}

const item = ({ path, key }: PageEntry, t: Translate) => ({
  key: path,
  icon: PAGE_ICONS[key],
  label: <Label page={key} text={t(`nav.${key}`)} />,
  title: t(`nav.${key}`),
});

/** Keys carry the entry's id before a bar, as a page may stand in the menu twice. */
function ownItem({ id, label, opens, page, children }: MenuNode, language: 'zh' | 'en', top: boolean): MenuItem {
  const title = label[language];
  if (opens && 'url' in opens) return { key: `${EXTERNAL}${id}|${opens.url}`, icon: <ExportOutlined />, label: title, title };
  if (opens)
    return { key: `${id}|${opens.path}`, icon: page && PAGE_ICONS[page.key], title, label: <Label page={page?.key} text={title} /> };
  const inside = children.map((child) => ownItem(child, language, false));
  return top ? { type: 'group', key: id, label: title, children: inside } : { key: id, label: title, children: inside };
}
