import Taro from '@tarojs/taro';
import { useEffect } from 'react';
import { api } from '../state/session';

/** Tells the server of each screenshot that WeChat tells of while this page of a call is open. */
export function useCaptureWatch(callId: string | undefined): void {
  useEffect(() => {
    if (!callId) return undefined;
    // It cannot be prevented, and whoever took it is not disturbed when it could not be told.
    const tell = () => void api.reportScreenshot({ params: { id: callId } }).catch(() => undefined);
    Taro.onUserCaptureScreen(tell);
    return () => Taro.offUserCaptureScreen(tell);
  }, [callId]);
}
