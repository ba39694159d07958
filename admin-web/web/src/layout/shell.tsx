import { LogoutOutlined, MenuFoldOutlined, MenuUnfoldOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { Suspense, useState } from 'react';
import { Link, Navigate, Outlet, useLocation } from 'react-router-dom';
import { ErrorView } from '../components/error-view.tsx';
import { LanguageSwitch } from '../components/language-switch.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { useOfficer, useOfficerQuery } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api, queryClient } from '../session/api.ts';
import { ReauthModal } from '../session/reauth-modal.tsx';
import { session, useSession } from '../session/session.ts';
import { StorageNotice } from '../storage/storage-notice.tsx';
import { DutyBell } from '../word-alerts/duty-bell.tsx';
import { SideMenu } from './side-menu.tsx';
import './shell.css';

/** The frame around every page behind the log-in. */
export function Shell() {
  const location = useLocation();
  const opened = useSession();
  if (!opened) return <Navigate to="/login" replace state={location.pathname} />;
  if (opened.todo && opened.todo.length > 0 && location.pathname !== '/account') return <Navigate to="/account" replace />;
  return (
    <div className="shell">
      <Frame settled={(opened.todo ?? []).length === 0} />
      <ReauthModal />
    </div>
  );
}

const NARROW = 1180;

/** `settled`: nothing is left to be done first, so there is a menu. */
function Frame({ settled }: { settled: boolean }) {
  const { pathname } = useLocation();
  const [folded, setFolded] = useState(window.innerWidth < NARROW);
  const me = useOfficerQuery();
  // A call in progress, or played again, needs the whole width.
  const narrow = folded || pathname.startsWith('/live/') || pathname.startsWith('/relistening/');
  return (
    <>
      <Header folded={narrow} settled={settled} onFold={() => setFolded(!folded)} />
      <div className="shell-main">
        {settled && <SideMenu folded={narrow} />}
        <div className="shell-body">
          {me.isError && !me.data ? (
            <ErrorView error={me.error} onRetry={() => void me.refetch()} />
          ) : (
            <Suspense fallback={<PageLoading />}>
              <Outlet />
            </Suspense>
          )}
        </div>
      </div>
    </>
  );
}

function Header({ folded, settled, onFold }: { folded: boolean; settled: boolean; onFold: () => void }) {
  const t = useText();
  return (
    <header className="shell-header">
      <Button
        type="text"
        className="shell-button"
        aria-label={t(folded ? 'nav.unfold' : 'nav.fold')}
        icon={folded ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
        onClick={onFold}
        data-testid="menu-fold"
      />
      <Link to="/" className="shell-brand">
        <img src="./icon.svg" alt="" width={28} height={28} />
        <span>{t('product')}</span>
      </Link>
      <span className="shell-space" />
      {settled && <StorageNotice />}
      {settled && <DutyBell />}
      <Who />
      <LanguageSwitch />
      <LogOut />
    </header>
  );
}

function Who() {
  const t = useText();
  const me = useOfficer();
  if (!me) return <span className="shell-who" />;
  return (
    <Link to="/account" className="shell-who" data-testid="who" title={t('nav.account')}>
      <small>{me.prisonName}</small>
      <b>{me.name}</b>
    </Link>
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
        className="shell-button"
        data-testid="logout"
        onClick={() => void logOut()}
      />
    </Tooltip>
  );
}
