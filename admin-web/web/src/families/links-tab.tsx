import { type LinkRecord, LinkState } from '@qinqiao/contracts';
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
import { LinkDrawer } from './link-drawer.tsx';
import { ReasonForm } from './reason-form.tsx';
import { StateTag } from './state-tag.tsx';

/** Requests of families to be linked to inmates. */
export function LinksTab() {
  const t = useText();
  const language = useLanguage();
  const queries = useQueryClient();
  const mayEdit = useAllowed('registration.edit');
  const [filter, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<LinkRecord | null>(null);
  const [caseId, setCaseId] = useState<string | null>(null);
  const [ending, setEnding] = useState<LinkRecord | null>(null);
  const end = async (reason: string) => {
    if (!ending) return;
    await api.endLink({ params: { id: ending.id }, body: { reason, version: ending.version } });
    await queries.invalidateQueries({ queryKey: ['links'] });
  };
  const acts: TableColumnsType<LinkRecord>[number] = {
    title: t('common.actions'),
    key: 'acts',
    fixed: 'right',
    render: (_, link) => (
      <Space size={0}>
        <Button type="link" size="small" onClick={() => setOpen(link)} data-testid="link-open">
          {t('families.open')}
        </Button>
        {link.caseId && (
          <Button type="link" size="small" onClick={() => setCaseId(link.caseId)} data-testid="link-case">
            {t('families.caseOpen')}
          </Button>
        )}
        {mayEdit && link.state === 'approved' && (
          <Button type="link" size="small" danger onClick={() => setEnding(link)} data-testid="link-end">
            {t('families.endLink')}
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
          placeholder={t('families.searchLinks')}
          choices={[{ name: 'state', label: t('families.state'), options: states }]}
        />
      </div>
      <DataTable<LinkRecord>
        queryKey={['links', filter]}
        read={(cursor) => api.listLinks({ query: { ...filter, ...(cursor ? { cursor } : {}) } })}
        columns={[...columnsOf(t, language), acts]}
        rowKey="id"
        rowTestId="link-row"
        onOpen={setOpen}
        emptyText={t('families.noneLinks')}
      />
      <LinkDrawer link={open} onClose={() => setOpen(null)} />
      <CaseDrawer id={caseId} onClose={() => setCaseId(null)} />
      {ending && (
        <ReasonForm
          title={`${t('families.endLink')} · ${ending.family.name} – ${ending.inmateName}`}
          text={t('families.endLinkText')}
          saveText={t('families.endLink')}
          onClose={() => setEnding(null)}
          onSave={end}
        />
      )}
    </>
  );
}

const columnsOf = (t: Translate, language: 'zh' | 'en'): TableColumnsType<LinkRecord> => [
  { title: t('families.family'), key: 'family', render: (_, { family }) => family.name },
  { title: t('families.phone'), key: 'phone', className: 'people-masked', render: (_, { family }) => family.phone },
  { title: t('families.typed'), key: 'inmate', render: (_, link) => `${link.inmateName} ${link.inmateNumber}` },
  {
    title: t('families.matched'),
    key: 'matched',
    render: (_, { inmate }) => (inmate ? `${inmate.name} · ${inmate.wardName}` : <span className="muted">{t('families.notMatched')}</span>),
  },
  { title: t('families.relation'), key: 'relation', render: (_, { relation }) => relation[language] },
  { title: t('families.state'), key: 'state', render: (_, { state }) => <StateTag state={state} /> },
  { title: t('families.submitted'), key: 'submitted', render: (_, { submittedAt }) => momentOf(submittedAt) },
];
