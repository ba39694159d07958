import { matchPath } from 'react-router-dom';
import { preloadable } from '../components/preloadable.tsx';
import { PAGES } from './pages.ts';

export const ROUTES = PAGES.map(({ load, ...page }) => ({ ...page, ...preloadable(load) }));

/** Loads the page of this path ahead; does nothing where there is none. */
export async function preloadPage(path: string): Promise<void> {
  await ROUTES.find((page) => matchPath(page.path, path))?.preload();
}
