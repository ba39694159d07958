import type { ReactNode } from 'react';
import { Navigate, Route, Routes } from 'react-router-dom';
import { PageLoading } from '../components/page-loading.tsx';
import { useOfficer, usePermissions } from '../components/use-allowed.ts';
import { PAGES, type PageEntry } from './pages.ts';
import { ROUTES } from './routes.ts';
import { Shell } from './shell.tsx';
import { isAllowed, isShown } from './side-menu.tsx';

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
