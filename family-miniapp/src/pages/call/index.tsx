import { useRouter } from '@tarojs/taro';
import { useEffect } from 'react';
import { CallView } from '../../platform/call-view';
import { goTo, session } from '../../state/session';
import './index.scss';

export default function Call() {
  const { id } = useRouter().params;
  useEffect(() => {
    if (!session.token || !id) goTo('login');
  }, [id]);
  return id && session.token ? <CallView callId={id} onLeave={() => goTo('calls')} /> : null;
}
