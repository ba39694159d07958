import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { startI18n } from './i18n/index.ts';
import './styles.css';
import { applyTokens } from './theme.ts';

applyTokens();
await startI18n();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
