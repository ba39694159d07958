import { EXTERNAL_CHANNELS, NOTICE_EVENTS, NoticeChannelName, type NoticeTemplateView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Table, type TableColumnsType, Tag } from 'antd';
import { type HTMLAttributes, useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { momentOf } from '../components/format.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { TemplateForm } from './template-form.tsx';

/** With which words and by which channels families are told, event by event. */
export function TemplatesTab() {
  const t = useText();
  const language = useLanguage();
  const queries = useQueryClient();
  const mayEdit = useAllowed('notice.edit');
  const [editing, setEditing] = useState<NoticeTemplateView | null>(null);
  const query = useQuery({ queryKey: ['notice-templates'], queryFn: () => api.listNoticeTemplates() });
  if (query.isError) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  const local = EXTERNAL_CHANNELS.filter((channel) => query.data?.providers[channel] === 'local');
  const names = local.map((channel) => t(`notices.channels.${channel}`)).join(language === 'zh' ? '、' : ', ');
  return (
    <>
      <Alert type="info" showIcon title={t('notices.templatesHelp')} style={{ marginBottom: 12 }} />
      {local.length > 0 && (
        <Alert type="warning" showIcon title={t('notices.localOnly', { channels: names })} style={{ marginBottom: 12 }} />
      )}
      <Table<NoticeTemplateView>
        className="panel"
        size="middle"
        rowKey="event"
        loading={query.isPending}
        dataSource={query.data?.items ?? []}
        pagination={false}
        scroll={{ x: 900 }}
        columns={columnsOf(t, language, mayEdit ? setEditing : null)}
        onRow={({ event }) => ({ 'data-testid': 'template-row', 'data-event': event }) as HTMLAttributes<HTMLElement>}
      />
      <TemplateForm
        editing={editing}
        onClose={() => setEditing(null)}
        onSaved={() => queries.invalidateQueries({ queryKey: ['notice-templates'] })}
      />
    </>
  );
}

function columnsOf(
  t: Translate,
  language: 'zh' | 'en',
  onEdit: ((template: NoticeTemplateView) => void) | null,
): TableColumnsType<NoticeTemplateView> {
  return [
    { title: t('notices.event'), key: 'event', width: 170, render: (_, { event }) => <b>{NOTICE_EVENTS[event][language]}</b> },
    {
      title: t('notices.words'),
      key: 'words',
      render: (_, { content }) => (
        <>
          <div>{content.title[language]}</div>
          <div className="muted">{content.text[language]}</div>
        </>
      ),
    },
    {
      title: t('notices.usedChannels'),
      key: 'channels',
      width: 200,
      render: (_, template) => channelsOf(template).map((channel) => <Tag key={channel}>{t(`notices.channels.${channel}`)}</Tag>),
    },
    {
      title: t('notices.updated'),
      key: 'updated',
      width: 170,
      render: (_, { updatedAt, updatedBy }) => (updatedAt ? `${updatedBy ?? ''} ${momentOf(updatedAt)}` : t('notices.asDelivered')),
    },
    {
      key: 'acts',
      width: 80,
      render: (_, template) =>
        onEdit && (
          <Button type="link" size="small" onClick={() => onEdit(template)} data-testid="template-edit">
            {t('notices.edit')}
          </Button>
        ),
    },
  ];
}

const channelsOf = ({ content }: NoticeTemplateView) =>
  NoticeChannelName.options.filter((channel) => (channel === 'in_app' ? content.inApp : content[channel].enabled));
