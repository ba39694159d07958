import { type CompanionRecord, LinkState } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Space, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { CaseDrawer } from '../approvals/case-drawer.tsx';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useLanguage, useText } from '../i18n/index.ts';
import { type Filter, PeopleFilters } from '../people/filters.tsx';
import { api } from '../session/api.ts';
import { Papers } from './papers.tsx';
import { ReasonForm } from './reason-form.tsx';
import { StateTag } from './state-tag.tsx';

/** Who may come along with families, minors included. */
export function CompanionsTab() {
  const t = useText();
  const language = useLanguage();
  const queries = useQueryClient();
  const mayEdit = useAllowed('registration.edit');
  const [filter, setFilter] = useState<Filter>({});
  const [caseId, setCaseId] = useState<string | null>(null);
  const [ending, setEnding] = useState<CompanionRecord | null>(null);
  const end = async (reason: string) => {
    if (!ending) return;
    await api.endCompanion({ params: { id: ending.id }, body: { reason, version: ending.version } });
    await queries.invalidateQueries({ queryKey: ['companions'] });
  };
  const acts: TableColumnsType<CompanionRecord>[number] = {
    title: t('common.actions'),
    key: 'acts',
    fixed: 'right',
    render: (_, companion) => (
      <Space size={0}>
        {companion.caseId && (
          <Button type="link" size="small" onClick={() => setCaseId(companion.caseId)} data-testid="companion-case">
            {t('families.caseOpen')}
          </Button>
        )}
        {mayEdit && companion.state === 'approved' && (
          <Button type="link" size="small" danger onClick={() => setEnding(companion)} data-testid="companion-end">
            {t('families.endCompanion')}
          </Button>
        )}
      </Space>
    ),
  };
  const states = LinkState.options.map((state) => ({ value: state, label: t(`families.states.${state}`) }));
  return (
    <>
      <div className="families-filters">
        <PeopleFilters
          value={filter}
          onChange={setFilter}
          placeholder={t('families.searchCompanions')}
          choices={[{ name: 'state', label: t('families.state'), options: states }]}
        />
      </div>
      <DataTable<CompanionRecord>
        queryKey={['companions', filter]}
        read={(cursor) => api.listCompanions({ query: { ...filter, ...(cursor ? { cursor } : {}) } })}
        columns={[...columnsOf(t, language), acts]}
        rowKey="id"
        rowTestId="companion-row"
        emptyText={t('families.noneCompanions')}
      />
      <CaseDrawer id={caseId} onClose={() => setCaseId(null)} />
      {ending && (
        <ReasonForm
          title={`${t('families.endCompanion')} · ${ending.name}`}
          saveText={t('families.endCompanion')}
          onClose={() => setEnding(null)}
          onSave={end}
        />
      )}
    </>
  );
}

const columnsOf = (t: Translate, language: 'zh' | 'en'): TableColumnsType<CompanionRecord> => [
  {
    title: t('families.companion'),
    key: 'name',
    render: (_, { name, minor }) => (minor ? t('common.bracketed', { text: name, more: t('families.minor') }) : name),
  },
  { title: t('families.idNumber'), dataIndex: 'idNumber', className: 'people-masked' },
  { title: t('families.relation'), key: 'relation', render: (_, { relation }) => relation[language] },
  { title: t('families.guardian'), dataIndex: 'guardian' },
  { title: t('families.family'), key: 'family', render: (_, { family }) => `${family.name} ${family.phone}` },
  { title: t('families.papers'), key: 'papers', render: (_, { papers }) => <Papers papers={papers} /> },
  { title: t('families.state'), key: 'state', render: (_, { state }) => <StateTag state={state} /> },
  { title: t('families.submitted'), key: 'submitted', render: (_, { submittedAt }) => momentOf(submittedAt) },
];
