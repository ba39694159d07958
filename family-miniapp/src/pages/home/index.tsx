import { Button, Text, View } from '@tarojs/components';
import Taro from '@tarojs/taro';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { aria } from '../../components/aria';
import { AppointmentCard } from '../../components/appointment-card';
import { CallCard } from '../../components/call-card';
import { Problem } from '../../components/parts';
import { Screen } from '../../components/screen';
import { type Tile, TileIcon, TILES } from '../../components/tile-icon';
import { api, goTo, openPage, session } from '../../state/session';
import { tellLanguage } from '../../state/notice-language';
import { useCalls } from '../../state/use-calls';
import { useData } from '../../state/use-data';

const readHome = async () => {
  const [me, inmates, messages, next] = await Promise.all([
    api.me(),
    api.listMyInmates(),
    api.countMyMessages(),
    api.listMyAppointments({ query: { limit: 3 } }),
  ]);
  return { name: me.name, inmates: inmates.items, unread: messages.unread, next: next.items };
};

export default function Home() {
  const { t } = useTranslation();
  const home = useData(readHome);
  const calls = useCalls('upcoming');
  useEffect(() => void tellLanguage(), []);
  const logOut = async () => {
    await api.logout().catch(() => undefined);
    session.close();
    goTo('login');
  };
  const enter = (id: string) => void Taro.navigateTo({ url: `/pages/call/index?id=${id}` });
  const unread = home.value?.unread ?? 0;
  return (
    <Screen title={t('hello', { name: home.value?.name ?? '' })} testId="home-page" onBack={null}>
      <Problem error={home.error} onRetry={home.reload} />
      {home.value?.inmates.length === 0 ? <Welcome /> : null}
      {calls.items && calls.items.length > 0 ? <Text className="section">{t('svc.home.calls')}</Text> : null}
      {calls.items?.map((call) => (
        <CallCard key={call.id} call={call} onEnter={() => enter(call.id)} />
      ))}
      {home.value && home.value.next.length > 0 ? <Text className="section">{t('svc.home.next')}</Text> : null}
      {home.value?.next.map((one) => (
        <AppointmentCard key={one.id} appointment={one} onOpen={() => openPage('appointments')} />
      ))}
      <View className="tiles">
        {(Object.keys(TILES) as Tile[]).map((page) => (
          <Button key={page} className="tile" data-testid={`go-${page}`} onClick={() => openPage(page)}>
            <TileIcon tile={page} />
            <Text className="tile-name">{t(`svc.home.tiles.${page}`)}</Text>
            {page === 'messages' && unread > 0 ? (
              <Text className="badge" data-testid="unread" {...aria({ label: t('svc.home.unread', { count: unread }) })}>
                {unread > 99 ? '99+' : unread}
              </Text>
            ) : null}
          </Button>
        ))}
      </View>
      <Button className="quiet log-out" data-testid="logout" onClick={() => void logOut()}>
        {t('logout')}
      </Button>
    </Screen>
  );
}

/** Somebody who is linked to nobody yet. */
function Welcome() {
  const { t } = useTranslation();
  return (
    <View className="card" data-testid="not-linked">
      <Text className="card-who">{t('svc.home.notLinked')}</Text>
      <Text className="card-note">{t('svc.home.notLinkedHint')}</Text>
      <Button className="primary" data-testid="go-link" onClick={() => openPage('inmates')}>
        {t('svc.inmates.add')}
      </Button>
    </View>
  );
}
