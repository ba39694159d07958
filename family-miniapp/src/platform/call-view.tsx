import { errorText } from '@qinqiao/client-sdk';
import { Button, Text, View, WebView } from '@tarojs/components';
import { useDidHide, useDidShow } from '@tarojs/taro';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { language } from '../i18n';
import { aria } from '../components/aria';
import { api } from '../state/session';
import { SERVER } from './fetch-it';

/**
 * The call inside the mini-program: the H5's call page in a web view. A code for one use takes the log-in there, as an address is kept in
 * histories and logs. When the page is hidden, the web view goes, and with it the call is left; coming back begins anew.
 */
export function CallView({ callId, onLeave }: { callId: string; onLeave: () => void }) {
  const { t } = useTranslation();
  const [url, setUrl] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const shown = useRef(true);
  const open = async () => {
    setProblem(null);
    try {
      const { code } = await api.makeHandover();
      const query = `id=${encodeURIComponent(callId)}&handover=${encodeURIComponent(code)}&language=${language()}`;
      if (shown.current) setUrl(`${SERVER}/family/#/pages/call/index?${query}`);
    } catch (error) {
      setProblem(error);
    }
  };
  useDidShow(() => {
    shown.current = true;
    void open();
  });
  useDidHide(() => {
    shown.current = false;
    setUrl(null);
  });
  if (url !== null) return <WebView src={url} onError={() => setUrl(null)} />;
  return (
    <View className="empty" {...aria({ role: 'status' })}>
      <Text>{problem === null ? t('loading') : errorText(problem, language())}</Text>
      {problem === null ? null : (
        <Button className="primary" onClick={() => void open()}>
          {t('retry')}
        </Button>
      )}
      <Button className="quiet" onClick={onLeave}>
        {t('call.back')}
      </Button>
    </View>
  );
}
