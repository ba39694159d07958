import { PlusOutlined } from '@ant-design/icons';
import { AllowState, type AllowView, QuotaKind } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Space, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { CaseDrawer } from '../approvals/case-drawer.tsx';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { ExportButton } from '../people/export-button.tsx';
import { type Filter, PeopleFilters } from '../people/filters.tsx';
import { api } from '../session/api.ts';
import { AllowForm } from './allow-form.tsx';
import '../people/people.css';
import './families.css';
import { ReasonForm } from './reason-form.tsx';
import { StateTag } from './state-tag.tsx';

/** Who may visit and call whom, and until when. */
export function AllowlistPage() {
  const t = useText();
  const queries = useQueryClient();
  const mayEdit = useAllowed('allowlist.edit');
  const [filter, setFilter] = useState<Filter>({ state: 'active' });
  const [editing, setEditing] = useState<AllowView | 'new' | null>(null);
  const [ending, setEnding] = useState<AllowView | null>(null);
  const [caseId, setCaseId] = useState<string | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: ['allowlist'] });
  const end = async (reason: string) => {
    if (!ending) return;
    await api.endAllowed({ params: { id: ending.id }, body: { reason, version: ending.version } });
    await reload();
  };
  const acts: TableColumnsType<AllowView>[number] = {
    title: t('common.actions'),
    key: 'acts',
    fixed: 'right',
    render: (_, entry) => (
      <Space size={0}>
        {entry.caseId && (
          <Button type="link" size="small" onClick={() => setCaseId(entry.caseId)}>
            {t('families.caseOpen')}
          </Button>
        )}
        {mayEdit && entry.state === 'active' && (
          <>
            <Button type="link" size="small" onClick={() => setEditing(entry)} data-testid="allow-change">
              {t('common.edit')}
            </Button>
            <Button type="link" size="small" danger onClick={() => setEnding(entry)} data-testid="allow-end">
              {t('families.endAllowed')}
            </Button>
          </>
        )}
      </Space>
    ),
  };
  const choices = [
    {
      name: 'state',
      label: t('families.state'),
      options: AllowState.options.map((one) => ({ value: one, label: t(`families.states.${one}`) })),
    },
    {
      name: 'kind',
      label: t('families.kinds'),
      options: QuotaKind.options.map((one) => ({ value: one, label: t(`families.kindNames.${one}`) })),
    },
    { name: 'ending', label: t('families.ending'), options: [{ value: 'true', label: t('families.ending') }] },
  ];
  return (
    <PageFrame
      title={t('families.allowlist')}
      testId="allowlist-page"
      actions={
        <>
          <ExportButton kind="allowlist" permission="allowlist.export" filter={filter} />
          {mayEdit && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')} data-testid="allow-add">
              {t('families.addAllowed')}
            </Button>
          )}
        </>
      }
      filters={<PeopleFilters value={filter} onChange={setFilter} placeholder={t('families.searchAllowlist')} choices={choices} />}
    >
      <DataTable<AllowView>
        queryKey={['allowlist', filter]}
        read={(cursor) => api.listAllowlist({ query: { ...(filter as object), ...(cursor ? { cursor } : {}) } })}
        columns={[...columnsOf(t), acts]}
        rowKey="id"
        rowTestId="allow-row"
        emptyText={t('families.noneAllowlist')}
      />
      {editing && <AllowForm entry={editing} onClose={() => setEditing(null)} onSaved={() => void reload()} />}
      {ending && (
        <ReasonForm
          title={`${t('families.endAllowed')} · ${ending.familyName} – ${ending.inmateName}`}
          text={t('families.endAllowedText')}
          saveText={t('families.endAllowed')}
          onClose={() => setEnding(null)}
          onSave={end}
        />
      )}
      <CaseDrawer id={caseId} onClose={() => setCaseId(null)} />
    </PageFrame>
  );
}

const columnsOf = (t: Translate): TableColumnsType<AllowView> => [
  { title: t('families.family'), dataIndex: 'familyName' },
  { title: t('families.phone'), dataIndex: 'familyPhone', className: 'people-masked' },
  { title: t('families.relation'), dataIndex: 'relation' },
  { title: t('families.inmate'), key: 'inmate', render: (_, { inmateName, inmateNumber }) => `${inmateName} ${inmateNumber}` },
  {
    title: t('families.kinds'),
    key: 'kinds',
    render: (_, { kinds }) => kinds.map((kind) => t(`families.kindNames.${kind}`)).join(t('families.comma')),
  },
  { title: t('families.validity'), key: 'validity', render: (_, { validFrom, validUntil }) => `${validFrom} – ${validUntil}` },
  { title: t('families.source'), key: 'source', render: (_, { source }) => t(`families.sources.${source}`) },
  { title: t('families.state'), key: 'state', render: (_, { state }) => <StateTag state={state} /> },
  { title: t('families.reason'), key: 'reason', ellipsis: true, width: 200, render: (_, { decision, reason }) => decision ?? reason },
];
