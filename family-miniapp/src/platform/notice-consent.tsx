import { Button, Text, View } from '@tarojs/components';
import Taro from '@tarojs/taro';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { language } from '../i18n';
import { api } from '../state/session';
import { useData } from '../state/use-data';

/** WeChat asks for at most so many at once. */
const AT_ONCE = 3;

/** Asks whether notices may come by WeChat. Each consent is good for one message of a kind, so it can be given again. */
export function NoticeConsent() {
  const { t } = useTranslation();
  const [agreed, setAgreed] = useState(false);
  const settings = useData(() => api.getMyNoticeSettings());
  const templates = settings.value?.wechatTemplates ?? [];
  if (templates.length === 0) return null;
  const ask = async () => {
    try {
      // First of all: WeChat asks only right after a tap.
      const answer = await Taro.requestSubscribeMessage({ tmplIds: templates.slice(0, AT_ONCE), entityIds: [] });
      const { code } = await Taro.login();
      await api.setMyNoticeSettings({ body: { language: language(), wechatCode: code } });
      setAgreed(Object.values(answer).includes('accept'));
    } catch {
      // Not wanted, or not possible now: the messages are in the app all the same.
      setAgreed(false);
    }
  };
  return (
    <View className="card">
      <Text className="card-note">{t(agreed ? 'svc.messages.wechatAgreed' : 'svc.messages.wechatHint')}</Text>
      <Button className="quiet" data-testid="notice-consent" onClick={() => void ask()}>
        {t('svc.messages.wechat')}
      </Button>
    </View>
  );
}
