import type { PropsWithChildren } from 'react';
import './i18n';
import './platform/accessible';
import './app.scss';
import './services.scss';

export default function App({ children }: PropsWithChildren) {
  return children;
}
