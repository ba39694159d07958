import { PlusOutlined } from '@ant-design/icons';
import { type FamilyNumber, NumberState } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Space, type TableColumnsType, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { CaseDrawer } from '../approvals/case-drawer.tsx';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useLanguage, useText } from '../i18n/index.ts';
import { type Filter, PeopleFilters } from '../people/filters.tsx';
import { api } from '../session/api.ts';
import '../people/people.css';
import './families.css';
import { NumberForm } from './number-form.tsx';
import { PhoneValue } from './phone-value.tsx';
import { ReasonForm } from './reason-form.tsx';
import { StateTag } from './state-tag.tsx';

/** Numbers that inmates may call by the family phone. */
export function NumbersPage() {
  const t = useText();
  const language = useLanguage();
  const queries = useQueryClient();
  const mayEdit = useAllowed('number.edit');
  const { act } = useAct();
  const [filter, setFilter] = useState<Filter>({});
  const [editing, setEditing] = useState<FamilyNumber | 'new' | null>(null);
  const [ending, setEnding] = useState<FamilyNumber | null>(null);
  const [caseId, setCaseId] = useState<string | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: ['numbers'] });
  const end = async (reason: string) => {
    if (!ending) return;
    await api.endNumber({ params: { id: ending.id }, body: { reason, version: ending.version } });
    await reload();
  };
  const remove = ({ id, version }: FamilyNumber) =>
    act(() => api.deleteNumber({ params: { id }, query: { version } }).then(reload), t('families.done'));
  const acts: TableColumnsType<FamilyNumber>[number] = {
    title: t('common.actions'),
    key: 'acts',
    fixed: 'right',
    render: (_, number) => (
      <Space size={0}>
        {number.caseId && (
          <Button type="link" size="small" onClick={() => setCaseId(number.caseId)}>
            {t('families.caseOpen')}
          </Button>
        )}
        {mayEdit && number.state === 'active' && (
          <>
            <Button type="link" size="small" onClick={() => setEditing(number)} data-testid="number-change">
              {t('common.edit')}
            </Button>
            <Button type="link" size="small" danger onClick={() => setEnding(number)} data-testid="number-end">
              {t('families.endNumber')}
            </Button>
          </>
        )}
        {mayEdit && ['refused', 'withdrawn', 'ended'].includes(number.state) && (
          <Popconfirm title={t('families.deleteNumberAsk')} onConfirm={() => void remove(number)}>
            <Button type="link" size="small" danger data-testid="number-delete">
              {t('families.deleteNumber')}
            </Button>
          </Popconfirm>
        )}
      </Space>
    ),
  };
  const choices = [
    {
      name: 'state',
      label: t('families.state'),
      options: NumberState.options.map((one) => ({ value: one, label: t(`families.states.${one}`) })),
    },
    { name: 'shared', label: t('families.onlyShared'), options: [{ value: 'true', label: t('families.onlyShared') }] },
  ];
  return (
    <PageFrame
      title={t('families.numbers')}
      testId="numbers-page"
      actions={
        mayEdit && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')} data-testid="number-add">
            {t('families.addNumber')}
          </Button>
        )
      }
      filters={<PeopleFilters value={filter} onChange={setFilter} placeholder={t('families.searchNumbers')} choices={choices} />}
    >
      <DataTable<FamilyNumber>
        queryKey={['numbers', filter]}
        read={(cursor) => api.listNumbers({ query: { ...(filter as object), ...(cursor ? { cursor } : {}) } })}
        columns={[...columnsOf(t, language), acts]}
        rowKey="id"
        rowTestId="number-row"
        emptyText={t('families.noneNumbers')}
      />
      {editing && <NumberForm number={editing} onClose={() => setEditing(null)} onSaved={() => void reload()} />}
      {ending && (
        <ReasonForm
          title={`${t('families.endNumber')} · ${ending.name} ${ending.phone}`}
          saveText={t('families.endNumber')}
          onClose={() => setEnding(null)}
          onSave={end}
        />
      )}
      <CaseDrawer id={caseId} onClose={() => setCaseId(null)} />
    </PageFrame>
  );
}

const columnsOf = (t: Translate, language: 'zh' | 'en'): TableColumnsType<FamilyNumber> => [
  { title: t('families.number'), key: 'phone', render: (_, number) => <PhoneValue number={number} /> },
  { title: t('families.holder'), dataIndex: 'name' },
  { title: t('families.relation'), key: 'relation', render: (_, { relation }) => relation[language] },
  { title: t('families.inmate'), key: 'inmate', render: (_, { inmateName, inmateNumber }) => `${inmateName} ${inmateNumber}` },
  { title: t('families.shared'), key: 'shared', render: (_, number) => <Shared number={number} /> },
  { title: t('families.validity'), key: 'validity', render: (_, { validFrom, validUntil }) => `${validFrom} – ${validUntil}` },
  { title: t('families.appliedBy'), key: 'by', render: (_, { familyName }) => familyName ?? t('families.byOfficer') },
  { title: t('families.state'), key: 'state', render: (_, { state }) => <StateTag state={state} /> },
];

/** Other inmates with the same number. */
function Shared({ number: { sharedBy, sharedWith } }: { number: FamilyNumber }) {
  const t = useText();
  if (sharedBy === 0) return null;
  const seen = sharedWith.map(({ inmateName, inmateNumber, name, relation }) =>
    t('common.bracketed', { text: `${inmateName} ${inmateNumber}`, more: `${name} · ${relation}` }),
  );
  const elsewhere = sharedBy - new Set(sharedWith.map(({ inmateNumber }) => inmateNumber)).size;
  const lines = [...seen, ...(elsewhere > 0 ? [t('families.sharedElsewhere', { count: elsewhere })] : [])];
  return (
    <Tooltip title={`${t('families.sharedWith')}：${lines.join('；')}`}>
      <Tag color="orange" data-testid="number-shared">
        {t('families.shared')} · {sharedBy + 1}
      </Tag>
    </Tooltip>
  );
}
