import { QueryClientProvider } from '@tanstack/react-query';
import { App as AntApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { lazy, Suspense } from 'react';
import { HashRouter, Navigate, Route, Routes } from 'react-router-dom';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { PageLoading } from './components/page-loading.tsx';
import { useLanguage } from './i18n/index.ts';
import { LoginPage } from './login/login-page.tsx';
import { queryClient } from './session/api.ts';
import { antTheme } from './theme.ts';

const Shell = lazy(async () => ({ default: (await import('./layout/shell.tsx')).Shell }));
const TodayPage = lazy(async () => ({ default: (await import('./calls/today-page.tsx')).TodayPage }));
const LivePage = lazy(async () => ({ default: (await import('./live/live-page.tsx')).LivePage }));
const FinishedPage = lazy(async () => ({ default: (await import('./finished/finished-page.tsx')).FinishedPage }));
const DetailPage = lazy(async () => ({ default: (await import('./finished/detail-page.tsx')).DetailPage }));
const WordsPage = lazy(async () => ({ default: (await import('./words/words-page.tsx')).WordsPage }));

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
        <Route path="/today" element={<TodayPage />} />
        <Route path="/live/:id" element={<LivePage />} />
        <Route path="/finished" element={<FinishedPage />} />
        <Route path="/finished/:id" element={<DetailPage />} />
        <Route path="/words" element={<WordsPage />} />
      </Route>
      <Route path="*" element={<Navigate to="/today" replace />} />
    </Routes>
  );
}
