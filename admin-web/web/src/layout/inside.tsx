import type { ReactNode } from 'react';
import { matchPath, Navigate, Route, Routes } from 'react-router-dom';
import { preloadable } from '../components/preloadable.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { useOfficer, usePermissions } from '../components/use-allowed.ts';
import { PAGES, type PageEntry } from './pages.tsx';
import { Shell } from './shell.tsx';
import { isAllowed, isShown } from './side-menu.tsx';

const ROUTES = PAGES.map(({ load, ...page }) => ({ ...page, ...preloadable(load) }));

/** Loads the page of this path ahead; does nothing where there is none. */
export async function preloadPage(path: string): Promise<void> {
  await ROUTES.find((page) => matchPath(page.path, path))?.preload();
}

/** Every page behind the log-in. */
export function Inside() {
  return (
    <Routes>
      <Route element={<Shell />}>
        {ROUTES.map(({ path, permission, Page }) => (
          <Route key={path} path={path} element={<Allowed permission={permission} page={<Page />} />} />
        ))}
        <Route path="*" element={<Home />} />
      </Route>
    </Routes>
  );
}

function Allowed({ permission, page }: { permission: PageEntry['permission']; page: ReactNode }) {
  const permissions = usePermissions();
  const officer = useOfficer();
  if (permission && !officer) return <PageLoading />;
  return isAllowed(permission ? { permission } : {}, permissions) ? page : <Navigate to="/" replace />;
}

/** The first page of the officer’s own work; what everybody may open is not it. */
function Home() {
  const officer = useOfficer();
  const permissions = usePermissions();
  if (!officer) return <PageLoading />;
  return <Navigate to={PAGES.find((page) => page.permission && isShown(page, permissions))?.path ?? '/account'} replace />;
}
