import { CallId } from '@qinqiao/contracts';
import { lazy, Suspense, useEffect, useState } from 'react';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { takeDeviceKey } from './device/device-key.ts';
import { applyUpdate } from './device/updates.ts';
import { HomeScreen } from './home/home-screen.tsx';
import { LoginScreen } from './login/login-screen.tsx';
import { UnregisteredScreen } from './login/unregistered-screen.tsx';
import { useTablet } from './session/session.ts';

const CallScreen = lazy(async () => ({ default: (await import('./call/call-screen.tsx')).CallScreen }));

export function App() {
  return (
    <ErrorBoundary>
      <Suspense fallback={<div className="screen" />}>
        <Screens />
      </Suspense>
    </ErrorBoundary>
  );
}

function Screens() {
  const deviceKey = useDeviceKey();
  const { session, call } = useTablet();
  const idle = session === null;
  useEffect(() => {
    if (idle) applyUpdate();
  }, [idle]);
  if (session && call) return <CallScreen key={call.id} id={CallId.parse(call.id)} entered={call.entered} />;
  if (deviceKey === null) return <UnregisteredScreen />;
  return session ? <HomeScreen /> : <LoginScreen deviceKey={deviceKey} />;
}

/** A new key may be given to a page that is open already. */
function useDeviceKey(): string | null {
  const [key, setKey] = useState(takeDeviceKey);
  useEffect(() => {
    const read = () => setKey(takeDeviceKey());
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  return key;
}
