import { NOTICE_EVENTS, NoticeChannelName, NoticeEvent, NoticeState, type NoticeView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, DatePicker, Input, Select, type TableColumnsType, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { type Translate, useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { NoticeDrawer } from './notice-drawer.tsx';
import { EventName, NoticeStateTag, ProblemText } from './tags.tsx';

interface Filter {
  text?: string | undefined;
  event?: NoticeEvent | undefined;
  channel?: NoticeChannelName | undefined;
  state?: NoticeState | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const REFRESH_MS = 15_000;

/** Notices of all channels, the newest first. */
export function ListTab() {
  const t = useText();
  const queries = useQueryClient();
  const [filter, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<string | null>(null);
  const columns = useMemo(() => columnsOf(t, setOpen), [t]);
  return (
    <>
      <div className="page-filters">
        <Filters filter={filter} onChange={setFilter} />
      </div>
      <DataTable<NoticeView>
        queryKey={['notices', filter]}
        read={(cursor) => api.listNotices({ query: { ...filter, limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="notice-row"
        onOpen={({ id }) => setOpen(id)}
        emptyText={t('notices.none')}
        minWidth={900}
        refetchInterval={REFRESH_MS}
      />
      <NoticeDrawer id={open} onClose={() => setOpen(null)} onChanged={() => queries.invalidateQueries({ queryKey: ['notices'] })} />
    </>
  );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const t = useText();
  const language = useLanguage();
  const days = (dates: readonly ({ format: (text: string) => string } | null)[] | null) =>
    onChange({ ...filter, from: dates?.[0]?.format('YYYY-MM-DD'), to: dates?.[1]?.format('YYYY-MM-DD') });
  return (
    <>
      <Input.Search
        allowClear
        placeholder={t('notices.search')}
        maxLength={64}
        style={{ width: 210 }}
        onSearch={(text) => onChange({ ...filter, text: text.trim() || undefined })}
        data-testid="notice-search"
      />
      <Select
        allowClear
        placeholder={t('notices.event')}
        style={{ width: 190 }}
        options={NoticeEvent.options.map((value) => ({ value, label: NOTICE_EVENTS[value][language] }))}
        onChange={(event?: NoticeEvent) => onChange({ ...filter, event })}
        data-testid="notice-event"
      />
      <Select
        allowClear
        placeholder={t('notices.channel')}
        style={{ width: 150 }}
        options={NoticeChannelName.options.map((value) => ({ value, label: t(`notices.channels.${value}`) }))}
        onChange={(channel?: NoticeChannelName) => onChange({ ...filter, channel })}
        data-testid="notice-channel"
      />
      <Select
        allowClear
        placeholder={t('notices.state')}
        style={{ width: 120 }}
        options={NoticeState.options.map((value) => ({ value, label: t(`notices.states.${value}`) }))}
        onChange={(state?: NoticeState) => onChange({ ...filter, state })}
        data-testid="notice-state"
      />
      <DatePicker.RangePicker
        allowEmpty={[true, true]}
        onChange={days}
        placeholder={[t('notices.dates'), t('notices.dates')]}
        style={{ width: 260 }}
      />
    </>
  );
}

const columnsOf = (t: Translate, onOpen: (id: string) => void): TableColumnsType<NoticeView> => [
  { title: t('notices.made'), key: 'made', width: 172, render: (_, { createdAt }) => momentOf(createdAt) },
  {
    title: t('notices.event'),
    key: 'event',
    render: (_, { id, event, urgent }) => (
      <>
        <Button type="link" size="small" style={{ padding: 0 }} onClick={() => onOpen(id)} data-testid="notice-open">
          <EventName event={event} />
        </Button>{' '}
        {urgent && <Tag color="orange">{t('notices.urgent')}</Tag>}
      </>
    ),
  },
  {
    title: t('notices.channel'),
    key: 'channel',
    width: 150,
    render: (_, { channel }) => t(`notices.channels.${channel}`),
  },
  {
    title: t('notices.family'),
    key: 'family',
    width: 190,
    render: (_, { familyName, prisonName }) => (
      <>
        <b>{familyName}</b> <span className="muted">{prisonName}</span>
      </>
    ),
  },
  {
    title: t('notices.state'),
    key: 'state',
    width: 230,
    render: (_, notice) => (
      <>
        <NoticeStateTag notice={notice} />
        {notice.problem && <ProblemText problem={notice.problem} />}
      </>
    ),
  },
];
