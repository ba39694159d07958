import { type HelpRecord, HelpState } from '@qinqiao/contracts';
import { Button, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { type Translate, useText } from '../i18n/index.ts';
import { type Filter, PeopleFilters } from '../people/filters.tsx';
import { api } from '../session/api.ts';
import '../people/people.css';
import './families.css';
import { HelpDrawer } from './help-drawer.tsx';
import { HelpTag } from './state-tag.tsx';

/** What families ask, to be answered, passed on and closed. */
export function HelpPage() {
  const t = useText();
  const [filter, setFilter] = useState<Filter>({ state: 'open' });
  const [open, setOpen] = useState<string | null>(null);
  const acts: TableColumnsType<HelpRecord>[number] = {
    title: t('common.actions'),
    key: 'acts',
    fixed: 'right',
    render: (_, question) => (
      <Button type="link" size="small" onClick={() => setOpen(question.id)} data-testid="help-open">
        {t('families.open')}
      </Button>
    ),
  };
  const choices = [
    {
      name: 'state',
      label: t('families.state'),
      options: HelpState.options.map((one) => ({ value: one, label: t(`families.helpStates.${one}`) })),
    },
    { name: 'mine', label: t('families.mine'), options: [{ value: 'true', label: t('families.mine') }] },
  ];
  return (
    <PageFrame
      title={t('families.help')}
      testId="help-page"
      filters={<PeopleFilters value={filter} onChange={setFilter} placeholder={t('families.searchHelp')} choices={choices} />}
    >
      <DataTable<HelpRecord>
        queryKey={['questions', filter]}
        read={(cursor) => api.listQuestions({ query: { ...(filter as object), ...(cursor ? { cursor } : {}) } })}
        columns={[...columnsOf(t), acts]}
        rowKey="id"
        rowTestId="help-row"
        onOpen={({ id }) => setOpen(id)}
        emptyText={t('families.noneHelp')}
        refetchInterval={30_000}
      />
      <HelpDrawer id={open} onClose={() => setOpen(null)} />
    </PageFrame>
  );
}

const columnsOf = (t: Translate): TableColumnsType<HelpRecord> => [
  { title: t('families.subject'), dataIndex: 'title' },
  { title: t('families.unit'), dataIndex: 'unitName' },
  { title: t('families.family'), key: 'family', render: (_, { familyName, familyPhone }) => `${familyName} ${familyPhone}` },
  { title: t('families.state'), key: 'state', render: (_, { state }) => <HelpTag state={state} /> },
  {
    title: t('families.assignee'),
    key: 'assignee',
    render: (_, { assigneeName }) => assigneeName ?? <span className="muted">{t('families.nobody')}</span>,
  },
  { title: t('families.asked'), key: 'asked', render: (_, { askedAt }) => momentOf(askedAt) },
  { title: t('families.updated'), key: 'updated', render: (_, { updatedAt }) => momentOf(updatedAt) },
];
