import type { CallId } from '@qinqiao/contracts';
import { useEffect } from 'react';
import { useWakeLock } from '../device/wake-lock.ts';
import { tablet } from '../session/session.ts';
import { CheckScreen } from './check-screen.tsx';
import { EndScreen, FailedScreen } from './end-screen.tsx';
import { Room } from './room.tsx';
import { useCall } from './use-call.ts';
import './call.css';

/** One call from the device check to its end. */
export function CallScreen({ id, entered }: { id: CallId; entered: boolean }) {
  useWakeLock();
  const call = useCall(id, entered);
  const { client, media, snapshot } = call;
  const over = snapshot.phase === 'ended';
  useEffect(() => {
    if (over) media.close();
  }, [over, media]);
  const enter = () => {
    tablet.enterCall();
    client.join();
  };
  if (over) return <EndScreen snapshot={snapshot} clock={client.clock} />;
  if (snapshot.phase === 'failed') return <FailedScreen error={snapshot.error} onRetry={enter} onBack={tablet.leaveCall} />;
  if (!entered) return <CheckScreen id={id} call={call} onEnter={enter} onBack={tablet.leaveCall} />;
  return <Room call={call} onBack={tablet.leaveCall} />;
}
