import type { MessageView } from '@qinqiao/contracts';
import { Button, Text } from '@tarojs/components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card, List } from '../../components/parts';
import { Screen } from '../../components/screen';
import { language } from '../../i18n';
import { NoticeConsent } from '../../platform/notice-consent';
import { api, openPage, type PageName } from '../../state/session';
import { moment } from '../../state/times';
import { useData } from '../../state/use-data';

const PAGE = 20;
const PAGES: readonly string[] = [
  'inmates',
  'companions',
  'allowlist',
  'numbers',
  'appointments',
  'extra',
  'calls',
  'help',
] satisfies PageName[];

/** What one was told; opening a message marks it as read. */
export default function Messages() {
  const { t } = useTranslation();
  const [most, setMost] = useState(PAGE);
  const messages = useData(() => api.listMyMessages({ query: { limit: Math.min(100, most) } }), String(most));
  const readAll = () => void api.readMyMessages({ body: {} }).then(messages.reload, () => undefined);
  const open = async ({ id, link, readAt }: MessageView) => {
    if (readAt === null) await api.readMyMessages({ body: { id } }).catch(() => undefined);
    const [page = '', of] = (link ?? '').split(':');
    if (page === 'help' && of) openPage('question', { id: of });
    else if (PAGES.includes(page)) openPage(page as PageName);
    else messages.reload();
  };
  return (
    <Screen title={t('svc.home.tiles.messages')} testId="messages-page">
      <NoticeConsent />
      {messages.value?.items.some(({ readAt }) => readAt === null) ? (
        <Button className="quiet add" data-testid="read-all" onClick={readAll}>
          {t('svc.messages.readAll')}
        </Button>
      ) : null}
      <List
        data={{ ...messages, value: messages.value?.items ?? null }}
        empty={t('svc.messages.none')}
        renderItem={(one) => (
          <Card key={one.id} testId={one.readAt === null ? 'message-unread' : 'message'} onOpen={() => void open(one)}>
            <Text className="card-who">
              {one.readAt === null ? '● ' : ''}
              {one.title[language()]}
            </Text>
            <Text className="card-text">{one.text[language()]}</Text>
            <Text className="card-note">{moment(one.at, language())}</Text>
          </Card>
        )}
      />
      {messages.value?.next && most < 100 ? (
        <Button className="quiet add" onClick={() => setMost(most + PAGE)}>
          {t('more')}
        </Button>
      ) : null}
    </Screen>
  );
}
