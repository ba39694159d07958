import { PlusOutlined } from '@ant-design/icons';
import { type FamilyView, PersonState } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, type TableColumnsType, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ExportButton } from './export-button.tsx';
import { FamilyForm } from './family-form.tsx';
import { type Filter, PeopleFilters } from './filters.tsx';
import { ImportLink } from './import-link.tsx';
import './people.css';
import { type DetailItem, PersonDrawer } from './person-drawer.tsx';
import { RowActs } from './row-acts.tsx';
import { useChoices } from './use-choices.ts';

export function FamiliesPage() {
  const t = useText();
  const choices = useChoices();
  const queries = useQueryClient();
  const mayEdit = useAllowed('family.edit');
  const [filter, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<string | null>(null);
  const [editing, setEditing] = useState<FamilyView | 'new' | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: ['families'] });
  const columns = useMemo(() => columnsOf(t), [t]);
  const acts: TableColumnsType<FamilyView>[number] = {
    title: t('common.actions'),
    key: 'acts',
    fixed: 'right',
    render: (_, family) => (
      <RowActs
        kind="family"
        person={family}
        permission="family.edit"
        onOpen={() => setOpen(family.id)}
        onEdit={() => setEditing(family)}
        onDelete={() => api.deleteFamily({ params: { id: family.id } }).then(reload)}
      />
    ),
  };
  return (
    <PageFrame
      title={t('people.families')}
      testId="families-page"
      actions={
        <>
          <ImportLink kind="families" permission="family.import" />
          <ExportButton kind="families" permission="family.export" filter={filter} />
          {mayEdit && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')} data-testid="person-add">
              {t('people.addFamily')}
            </Button>
          )}
        </>
      }
      filters={
        <PeopleFilters
          value={filter}
          onChange={setFilter}
          placeholder={t('people.searchFamilies')}
          choices={[{ name: 'state', label: t('people.state'), options: choices('states', PersonState.options) }]}
        />
      }
    >
      <DataTable<FamilyView>
        queryKey={['families', filter]}
        read={(cursor) => api.listFamilies({ query: { ...filter, ...(cursor ? { cursor } : {}) } })}
        columns={[...columns, acts]}
        rowKey="id"
        rowTestId="family-row"
        onOpen={(family) => setOpen(family.id)}
      />
      <PersonDrawer<FamilyView>
        kind="family"
        id={open}
        onClose={() => setOpen(null)}
        read={(id) => api.getFamily({ params: { id } })}
        items={(family) => detailOf(t, family)}
      />
      {editing && <FamilyForm family={editing} onClose={() => setEditing(null)} onSaved={() => void reload()} />}
    </PageFrame>
  );
}

const kinships = ({ kinships: all }: FamilyView) => (
  <>
    {all.map(({ inmateId, inmateName, inmateNumber, relation }) => (
      <div key={inmateId}>
        {inmateName} {inmateNumber} · {relation}
      </div>
    ))}
  </>
);
const state = (t: Translate, family: FamilyView) => (
  <Tag color={family.state === 'active' ? 'green' : 'default'}>{t(`people.states.${family.state}`)}</Tag>
);

const columnsOf = (t: Translate): TableColumnsType<FamilyView> => [
  { title: t('people.name'), dataIndex: 'name' },
  { title: t('people.phone'), dataIndex: 'phone', className: 'people-masked' },
  { title: t('people.idNumber'), dataIndex: 'idNumber', className: 'people-masked' },
  { title: t('people.kinships'), key: 'kinships', render: (_, family) => kinships(family) },
  { title: t('people.registeredBy'), dataIndex: 'prisonName' },
  { title: t('people.state'), key: 'state', render: (_, family) => state(t, family) },
];

const detailOf = (t: Translate, family: FamilyView): DetailItem[] => [
  { label: t('people.name'), value: family.name },
  { label: t('people.phone'), value: family.phone, masked: 'phone' },
  { label: t('people.idNumber'), value: family.idNumber, masked: 'idNumber' },
  { label: t('people.gender'), value: t(`people.genders.${family.gender}`) },
  { label: t('people.address'), value: family.address, masked: 'address' },
  { label: t('people.kinships'), value: kinships(family) },
  { label: t('people.registeredBy'), value: family.prisonName },
  { label: t('people.state'), value: state(t, family) },
];
