import { CallId } from '@qinqiao/contracts';
import { lazy, Suspense, useEffect } from 'react';
import { ErrorBoundary } from './components/error-boundary.tsx';
import { useDeviceKey } from './device/device-key.ts';
import { useHeartbeat } from './device/heartbeat.ts';
import { applyUpdate } from './device/updates.ts';
import { FaceScreen } from './face/face-screen.tsx';
import { HomeScreen } from './home/home-screen.tsx';
import { LoginScreen } from './login/login-screen.tsx';
import { PairingScreen } from './login/pairing-screen.tsx';
import { OfflineBanner } from './network/offline-banner.tsx';
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
  const { tablet, unknown } = useHeartbeat(deviceKey);
  const { session, call } = useTablet();
  const idle = session === null;
  useEffect(() => {
    if (idle) applyUpdate();
  }, [idle]);
  if (session && call) return <CallScreen key={call.id} id={CallId.parse(call.id)} entered={call.entered} />;
  return (
    <>
      <OfflineBanner />
      {deviceKey === null || unknown ? (
        <PairingScreen lost={unknown} />
      ) : session?.todo?.includes('face') ? (
        <FaceScreen key={session.token} session={session} />
      ) : session ? (
        <HomeScreen key={session.token} deviceKey={deviceKey} />
      ) : (
        <LoginScreen deviceKey={deviceKey} tablet={tablet} />
      )}
    </>
  );
}
