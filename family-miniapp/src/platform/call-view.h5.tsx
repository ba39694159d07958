import { asQinqiaoError, CallClient, LocalMedia } from '@qinqiao/client-sdk';
import type { CallSummary, QinqiaoError } from '@qinqiao/contracts';
import Taro from '@tarojs/taro';
import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from '../state/session';
import { CallOver } from './call-over';
import { CallRoom } from './call-room';
import { DeviceCheck } from './device-check';
import { FaceGate } from './face-gate';
import { useCallSnapshot } from './use-call-snapshot';

/** A call from the check of the devices to its end. In the mini-program this page runs inside the web-view. */
export function CallView({ callId, onLeave }: { callId: string; onLeave: () => void }) {
  const [media] = useState(() => new LocalMedia());
  const [client] = useState(() => newClient(callId, media));
  const snapshot = useCallSnapshot(client);
  const [known, setKnown] = useState(false);
  const [entered, setEntered] = useState(false);
  const [problem, setProblem] = useState<QinqiaoError | null>(null);
  const call = useCallSummary(callId);

  const open = useCallback(() => {
    media.open().then(
      () => setProblem(null),
      (error: unknown) => setProblem(asQinqiaoError(error)),
    );
  }, [media]);

  useEffect(() => {
    open();
    const leave = () => {
      client.close();
      media.close();
    };
    // A web view that goes, or a page that is closed, unmounts nothing: without this the other side would wait.
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, [client, media, open]);

  const recognised = useCallback(() => {
    setKnown(true);
    // What can be done before the button is tapped is done now, so that the tap is answered at once.
    client.prepare().catch(() => undefined);
  }, [client]);
  const enter = () => {
    setEntered(true);
    client.join();
  };
  const back = () => {
    client.close();
    onLeave();
  };
  useEffect(() => {
    if (snapshot.phase === 'ended') media.close();
  }, [snapshot.phase, media]);

  if (snapshot.phase === 'ended' || snapshot.phase === 'failed') return <CallOver snapshot={snapshot} onHome={back} onRetry={enter} />;
  if (!known) return <FaceGate callId={callId} media={media} problem={problem} onRetry={open} onDone={recognised} onBack={back} />;
  if (!entered) return <DeviceCheck media={media} call={call} problem={problem} onRetry={open} onEnter={enter} onBack={back} />;
  return <CallRoom client={client} media={media} snapshot={snapshot} call={call} onBack={back} />;
}

function newClient(callId: string, media: LocalMedia): CallClient {
  return new CallClient({ fetchGrant: () => api.grantCall({ params: { id: callId } }), local: media });
}

/** What the list knows of the call, for the time before the server's own word. */
function useCallSummary(callId: string): CallSummary | null {
  const [call, setCall] = useState<CallSummary | null>(null);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    api
      .listCalls({ query: { scope: 'upcoming', limit: 50 } })
      .then(({ items }) => alive.current && setCall(items.find((item) => item.id === callId) ?? null))
      .catch((error: unknown) => void Taro.showToast({ title: asQinqiaoError(error).code, icon: 'none' }));
    return () => {
      alive.current = false;
    };
  }, [callId]);
  return call;
}
