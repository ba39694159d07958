import { createRoot } from 'react-dom/client';
import { App, preloadPages } from './app.tsx';
import { startI18n } from './i18n/index.ts';
import { session } from './session/session.ts';
import 'antd/dist/antd.css';
import './styles.css';
import { applyTokens } from './theme.ts';

async function start(): Promise<void> {
  applyTokens();
  const path = location.hash.slice(1).split('?')[0] ?? '';
  await Promise.all([
    startI18n(),
    // What cannot be loaded now is loaded, or said to be missing, when it is drawn.
    session.token() ? preloadPages(path).catch(() => undefined) : undefined,
  ]);
  const root = document.getElementById('root');
  if (root) createRoot(root).render(<App />);
}

void start();
