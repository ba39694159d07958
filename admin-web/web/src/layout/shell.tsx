import { CalendarOutlined, FileSearchOutlined, LogoutOutlined, TagsOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Tooltip } from 'antd';
import { Suspense } from 'react';
import { Navigate, NavLink, Outlet, useLocation } from 'react-router-dom';
import { LanguageSwitch } from '../components/language-switch.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { useText } from '../i18n/index.ts';
import { api, queryClient } from '../session/api.ts';
import { session, useSession } from '../session/session.ts';
import './shell.css';

const LINKS = [
  { to: '/today', key: 'today', icon: <CalendarOutlined /> },
  { to: '/finished', key: 'finished', icon: <FileSearchOutlined /> },
  { to: '/words', key: 'words', icon: <TagsOutlined /> },
] as const;

/** The frame around every page behind the log-in. */
export function Shell() {
  const location = useLocation();
  if (!useSession()) return <Navigate to="/login" replace state={location.pathname} />;
  return (
    <div className="shell">
      <Header />
      <div className="shell-body">
        <Suspense fallback={<PageLoading />}>
          <Outlet />
        </Suspense>
      </div>
    </div>
  );
}

function Header() {
  const t = useText();
  return (
    <header className="shell-header">
      <NavLink to="/today" className="shell-brand">
        <img src="./icon.svg" alt="" width={28} height={28} />
        <span>{t('product')}</span>
      </NavLink>
      <nav className="shell-nav">
        {LINKS.map(({ to, key, icon }) => (
          <NavLink key={to} to={to} data-testid={`nav-${key}`}>
            {icon}
            <span>{t(`nav.${key}`)}</span>
          </NavLink>
        ))}
      </nav>
      <Who />
      <LanguageSwitch />
      <LogOut />
    </header>
  );
}

function Who() {
  const { data: me } = useQuery({ queryKey: ['me'], queryFn: () => api.me(), staleTime: Number.POSITIVE_INFINITY });
  if (me?.role !== 'officer') return <span className="shell-who" />;
  return (
    <span className="shell-who" data-testid="who">
      <small>{me.prisonName}</small>
      <b>{me.name}</b>
    </span>
  );
}

function LogOut() {
  const t = useText();
  const logOut = async () => {
    // The page forgets the session even when the server cannot be told; there it expires by itself.
    await api.logout().catch(() => {});
    session.close();
    queryClient.clear();
  };
  return (
    <Tooltip title={t('nav.logout')}>
      <Button
        type="text"
        aria-label={t('nav.logout')}
        icon={<LogoutOutlined />}
        className="shell-logout"
        data-testid="logout"
        onClick={() => void logOut()}
      />
    </Tooltip>
  );
}
