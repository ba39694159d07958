import { errorText } from '@qinqiao/client-sdk';
import type { RestOutput } from '@qinqiao/contracts';
import { Button, ScrollView, Text, View } from '@tarojs/components';
import Taro from '@tarojs/taro';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CallCard } from '../../components/call-card';
import { LanguageSwitch } from '../../components/language-switch';
import { language } from '../../i18n';
import { api, goTo, session } from '../../state/session';
import { type CallList, useCalls } from '../../state/use-calls';
import './index.scss';

export default function Calls() {
  const { t } = useTranslation();
  const upcoming = useCalls('upcoming');
  const finished = useCalls('finished');
  const [me, setMe] = useState<RestOutput<'me'> | null>(null);

  useEffect(() => {
    if (session.token) void api.me().then(setMe, () => undefined);
    else goTo('login');
  }, []);

  const logOut = async () => {
    await api.logout().catch(() => undefined);
    session.close();
    goTo('login');
  };
  const enter = (id: string) => void Taro.navigateTo({ url: `/pages/call/index?id=${id}` });

  return (
    <View className="calls">
      <View className="calls-head">
        <Text className="calls-hello">{t('hello', { name: me?.name ?? '' })}</Text>
        <LanguageSwitch />
        <Text className="calls-logout" data-testid="logout" onClick={() => void logOut()}>
          {t('logout')}
        </Text>
      </View>
      <ScrollView scrollY className="calls-body">
        <Text className="section">{t('upcoming')}</Text>
        <List list={upcoming} empty={t('noUpcoming')} onEnter={enter} />
        <Text className="section">{t('finished')}</Text>
        <List list={finished} empty={t('noFinished')} />
      </ScrollView>
    </View>
  );
}

function List({ list, empty, onEnter }: { list: CallList; empty: string; onEnter?: (id: string) => void }) {
  const { t } = useTranslation();
  if (list.error && !list.items) {
    return (
      <View className="empty">
        <Text>{errorText(list.error, language())}</Text>
        <Button className="quiet" onClick={list.reload}>
          {t('retry')}
        </Button>
      </View>
    );
  }
  if (!list.items) return <View className="empty">{t('loading')}</View>;
  if (list.items.length === 0) return <View className="empty">{empty}</View>;
  return (
    <View>
      {list.items.map((call) => (
        <CallCard key={call.id} call={call} onEnter={() => onEnter?.(call.id)} />
      ))}
      {list.more ? (
        <Button className="quiet" onClick={list.more}>
          {t('more')}
        </Button>
      ) : null}
    </View>
  );
}
