import { type NoticeDetail } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Button, Descriptions, Drawer, Popconfirm, Skeleton, Tag } from 'antd';
import type { ReactNode } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { EventName, NoticeStateTag, ProblemText } from './tags.tsx';

interface Props {
  id: string | null;
  onClose: () => void;
  onChanged: () => Promise<unknown>;
}

/** One notice: what it says, what became of it, and sending it again. */
export function NoticeDrawer({ id, onClose, onChanged }: Props) {
  const t = useText();
  const query = useQuery({
    queryKey: ['notices', 'one', id],
    queryFn: () => api.getNotice({ params: { id: id ?? '' } }),
    enabled: id !== null,
  });
  return (
    <Drawer title={t('notices.detail')} open={id !== null} onClose={onClose} size={560} data-testid="notice-drawer">
      {query.isError && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeleton active />}
      {query.data && <Detail notice={query.data} onChanged={onChanged} />}
    </Drawer>
  );
}

function Detail({ notice, onChanged }: { notice: NoticeDetail; onChanged: () => Promise<unknown> }) {
  const t = useText();
  const { busy, act } = useAct();
  const mayEdit = useAllowed('notice.edit');
  const send = async () => {
    await api.sendNoticeAgain({ params: { id: notice.id } });
    await onChanged();
  };
  return (
    <>
      <Descriptions
        column={1}
        size="small"
        bordered
        items={rowsOf(notice, t).map(([label, children], key) => ({ key, label, children }))}
        styles={{ label: { width: 130 } }}
      />
      {mayEdit && notice.canSendAgain && (
        <Popconfirm title={t('notices.sendAgainAsk')} onConfirm={() => void act(send, t('notices.queued'))}>
          <Button style={{ marginTop: 16 }} loading={busy} data-testid="notice-send-again">
            {t('notices.sendAgain')}
          </Button>
        </Popconfirm>
      )}
    </>
  );
}

function rowsOf(notice: NoticeDetail, t: ReturnType<typeof useText>): [string, ReactNode][] {
  const { language, channel, provider, problem, sentAt, nextAt, usefulUntil, providerId, providerSaid, address } = notice;
  const optional = (label: string, value: ReactNode): [string, ReactNode][] => (value ? [[label, value]] : []);
  return [
    [t('notices.event'), <EventName key="event" event={notice.event} />],
    [
      t('notices.state'),
      <span key="state">
        <NoticeStateTag notice={notice} />
        {notice.urgent && <Tag color="orange">{t('notices.urgent')}</Tag>}
      </span>,
    ],
    ...optional(t('notices.problem'), problem && <ProblemText problem={problem} />),
    ...optional(t('notices.said'), providerSaid),
    [t('notices.channel'), t(`notices.channels.${channel}`)],
    ...optional(t('notices.provider'), provider && t(`notices.providers.${provider}`)),
    [t('notices.family'), `${notice.familyName}${notice.prisonName ? ` · ${notice.prisonName}` : ''}`],
    ...optional(t('notices.address'), address),
    [t('notices.language'), t(`notices.languages.${language}`)],
    [
      t('notices.content'),
      <div key="content" data-testid="notice-content">
        <b>{notice.title[language]}</b>
        <div>{notice.text[language]}</div>
      </div>,
    ],
    [t('notices.made'), momentOf(notice.createdAt)],
    [t('notices.attempts'), notice.attempts],
    ...optional(t('notices.sentAt'), sentAt && momentOf(sentAt)),
    ...optional(t('notices.nextAt'), nextAt && momentOf(nextAt)),
    ...optional(t('notices.usefulUntil'), usefulUntil && momentOf(usefulUntil)),
    ...optional(t('notices.providerId'), providerId),
  ];
}
