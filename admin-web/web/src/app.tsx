import { QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { Suspense } from 'react';
import { HashRouter, Route, Routes } from 'react-router-dom';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { preloadable } from './components/preloadable.tsx';
import { PageLoading } from './components/page-loading.tsx';
import { ME_QUERY } from './components/use-allowed.ts';
import { useLanguage } from './i18n/index.ts';
import { preloadPage } from './layout/routes.ts';
import { LoginPage } from './login/login-page.tsx';
import { queryClient } from './session/api.ts';
import { antTheme } from './theme.ts';

const inside = preloadable(async () => (await import('./layout/inside.tsx')).Inside);

/** Loads what somebody who is logged in will see first, before anything is drawn. */
export async function preloadPages(path: string): Promise<void> {
  void queryClient.prefetchQuery(ME_QUERY);
  await Promise.all([inside.preload(), preloadPage(path)]);
}

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
      <Route path="*" element={<inside.Page />} />
    </Routes>
  );
}
