import { useRouter } from '@tarojs/taro';
import { useEffect, useState } from 'react';
import { useCaptureWatch } from '../../platform/capture-watch';
import { CallView } from '../../platform/call-view';
import { leaveCallPage, takeHandover } from '../../platform/handover';
import { goTo, session } from '../../state/session';
import './index.scss';

/** A call. Inside the mini-program's web view it comes with a code for one use, which is exchanged for the log-in first. */
export default function Call() {
  const { id, handover, language } = useRouter().params;
  useCaptureWatch(id);
  const [ready, setReady] = useState(!handover);
  useEffect(() => {
    if (handover)
      takeHandover(handover, language).then(
        () => setReady(true),
        () => goTo('login'),
      );
    else if (!session.token || !id) goTo('login');
  }, [id, handover, language]);
  return id && ready && session.token ? <CallView callId={id} onLeave={leaveCallPage} /> : null;
}
