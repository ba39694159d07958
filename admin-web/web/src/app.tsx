import { QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import type { Permission } from '@qinqiao/contracts';
import { lazy, type ReactNode, Suspense } from 'react';
import { HashRouter, Navigate, Route, Routes } from 'react-router-dom';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { PageLoading } from './components/page-loading.tsx';
import { useLanguage } from './i18n/index.ts';
import { PAGES } from './layout/pages.tsx';
import { isShown } from './layout/side-menu.tsx';
import { useOfficer, usePermissions } from './components/use-allowed.ts';
import { LoginPage } from './login/login-page.tsx';
import { queryClient } from './session/api.ts';
import { antTheme } from './theme.ts';

const Shell = lazy(async () => ({ default: (await import('./layout/shell.tsx')).Shell }));
const ROUTES = PAGES.map(({ load, ...page }) => ({ ...page, Page: lazy(async () => ({ default: await load() })) }));

export function App() {
  const language = useLanguage();
  dayjs.locale(language === 'zh' ? 'zh-cn' : 'en');
  return (
    <ConfigProvider locale={language === 'zh' ? zhCN : enUS} theme={antTheme}>
      <AntApp className="app-root" message={{ top: 60 }}>
        <QueryClientProvider client={queryClient}>
          <ErrorBoundary>
            <HashRouter>
              <Suspense fallback={<PageLoading />}>
                <Pages />
              </Suspense>
            </HashRouter>
          </ErrorBoundary>
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}

function Pages() {
  return (
    <Routes>
      <Route path="/login" element={<LoginPage />} />
      <Route element={<Shell />}>
        {ROUTES.map(({ path, permission, Page }) => (
          <Route key={path} path={path} element={<Allowed permission={permission} page={<Page />} />} />
        ))}
        <Route path="*" element={<Home />} />
      </Route>
    </Routes>
  );
}

function Allowed({ permission, page }: { permission: Permission | undefined; page: ReactNode }) {
  const permissions = usePermissions();
  const officer = useOfficer();
  if (permission && !officer) return <PageLoading />;
  return permission && !permissions.has(permission) ? <Navigate to="/" replace /> : page;
}

/** The first page that the officer may open. */
function Home() {
  const officer = useOfficer();
  const permissions = usePermissions();
  if (!officer) return <PageLoading />;
  return <Navigate to={PAGES.find((page) => isShown(page, permissions))?.path ?? '/account'} replace />;
}
