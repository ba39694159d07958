import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { watchUpdates } from './device/updates.ts';
import { startI18n } from './i18n/index.ts';
import './theme.css';

await startI18n();
watchUpdates();
document.addEventListener('contextmenu', (event) => event.preventDefault());
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
