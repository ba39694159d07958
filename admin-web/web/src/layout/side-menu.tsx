import { Menu, type MenuProps } from 'antd';
import { useMemo } from 'react';
import { useLocation, useNavigate } from 'react-router-dom';
import { usePermissions } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { GROUPS, PAGES, type PageEntry } from './pages.tsx';

/** The pages an officer may open, group by group. */
export function SideMenu({ folded }: { folded: boolean }) {
  const t = useText();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const permissions = usePermissions();
  const items = useMemo(
    () =>
      menuItems(
        PAGES.filter((page) => isShown(page, permissions)),
        t,
      ),
    [permissions, t],
  );
  return (
    <nav className={folded ? 'shell-menu folded' : 'shell-menu'} aria-label={t('nav.menu')}>
      <Menu
        mode="inline"
        inlineCollapsed={folded}
        items={items}
        selectedKeys={[`/${pathname.split('/')[1]}`]}
        onClick={({ key }) => void navigate(key)}
      />
    </nav>
  );
}

export const isShown = (page: PageEntry, permissions: ReadonlySet<string>) => !page.hidden && isAllowed(page, permissions);
export const isAllowed = ({ permission }: PageEntry, permissions: ReadonlySet<string>) => !permission || permissions.has(permission);

function menuItems(pages: PageEntry[], t: Translate): NonNullable<MenuProps['items']> {
  return GROUPS.flatMap((group) => {
    const children = pages.filter((page) => page.group === group).map((page) => item(page, t));
    return children.length > 0 ? [{ type: 'group' as const, key: group, label: t(`nav.groups.${group}`), children }] : [];
  });
}

const item = ({ path, key, icon }: PageEntry, t: Translate) => ({
  key: path,
  icon,
  label: <span data-testid={`nav-${key}`}>{t(`nav.${key}`)}</span>,
  title: t(`nav.${key}`),
});
