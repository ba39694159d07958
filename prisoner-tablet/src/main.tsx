import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { watchUpdates } from './device/updates.ts';
import { keptLanguage, startI18n } from './i18n/index.ts';
import { tablet } from './session/session.ts';
import './theme.css';

await startI18n(tablet.token() ? keptLanguage() : 'zh');
watchUpdates();
document.addEventListener('contextmenu', (event) => event.preventDefault());
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
