import { PlusOutlined } from '@ant-design/icons';
import { InmateState, type InmateView, Involvement, TreatmentLevel } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, type TableColumnsType, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ExportButton } from './export-button.tsx';
import { type Filter, PeopleFilters } from './filters.tsx';
import { ImportLink } from './import-link.tsx';
import { InmateForm } from './inmate-form.tsx';
import './people.css';
import { type DetailItem, PersonDrawer } from './person-drawer.tsx';
import { RowActs } from './row-acts.tsx';
import { useChoices } from './use-choices.ts';

const LEVEL_COLOURS = { lenient: 'green', common: 'default', strict: 'red', observation: 'orange' } as const;

export function InmatesPage() {
  const t = useText();
  const choices = useChoices();
  const queries = useQueryClient();
  const mayEdit = useAllowed('inmate.edit');
  const [filter, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<string | null>(null);
  const [editing, setEditing] = useState<InmateView | 'new' | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: ['inmates'] });
  const columns = useMemo(() => columnsOf(t), [t]);
  const acts: TableColumnsType<InmateView>[number] = {
    title: t('common.actions'),
    key: 'acts',
    fixed: 'right',
    render: (_, inmate) => (
      <RowActs
        kind="inmate"
        person={inmate}
        permission="inmate.edit"
        onOpen={() => setOpen(inmate.id)}
        onEdit={() => setEditing(inmate)}
        onDelete={() => api.deleteInmate({ params: { id: inmate.id } }).then(reload)}
      />
    ),
  };
  const yesNo = [
    { value: 'true', label: t('people.keyControl') },
    { value: 'false', label: `${t('people.keyControl')}: ${t('common.no')}` },
  ];
  return (
    <PageFrame
      title={t('people.inmates')}
      testId="inmates-page"
      actions={
        <>
          <ImportLink kind="inmates" permission="inmate.import" />
          <ExportButton kind="inmates" permission="inmate.export" filter={filter} />
          {mayEdit && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')} data-testid="person-add">
              {t('people.addInmate')}
            </Button>
          )}
        </>
      }
      filters={
        <PeopleFilters
          value={filter}
          onChange={setFilter}
          placeholder={t('people.searchInmates')}
          wards
          choices={[
            { name: 'level', label: t('people.level'), options: choices('levels', TreatmentLevel.options) },
            { name: 'keyControl', label: t('people.keyControl'), options: yesNo },
            { name: 'involved', label: t('people.involved'), options: choices('involvements', Involvement.options) },
            { name: 'state', label: t('people.state'), options: choices('inmateStates', InmateState.options) },
          ]}
        />
      }
    >
      <DataTable<InmateView>
        queryKey={['inmates', filter]}
        read={(cursor) => api.listInmates({ query: { ...filter, ...(cursor ? { cursor } : {}) } })}
        columns={[...columns, acts]}
        rowKey="id"
        rowTestId="inmate-row"
        onOpen={(inmate) => setOpen(inmate.id)}
      />
      <PersonDrawer<InmateView>
        kind="inmate"
        id={open}
        onClose={() => setOpen(null)}
        read={(id) => api.getInmate({ params: { id } })}
        items={(inmate) => detailOf(t, inmate)}
      />
      {editing && <InmateForm inmate={editing} onClose={() => setEditing(null)} onSaved={() => void reload()} />}
    </PageFrame>
  );
}

const level = (t: Translate, { level: code }: InmateView) => <Tag color={LEVEL_COLOURS[code]}>{t(`people.levels.${code}`)}</Tag>;
const flags = (t: Translate, inmate: InmateView) => (
  <>
    {inmate.keyControl && <Tag color="red">{t('people.keyControl')}</Tag>}
    {inmate.involved.map((code) => (
      <Tag key={code} color="volcano">
        {t(`people.involvements.${code}`)}
      </Tag>
    ))}
  </>
);

const columnsOf = (t: Translate): TableColumnsType<InmateView> => [
  { title: t('people.number'), dataIndex: 'number' },
  { title: t('people.name'), dataIndex: 'name' },
  { title: t('people.prison'), dataIndex: 'prisonName' },
  { title: t('people.ward'), dataIndex: 'wardName' },
  { title: t('people.idNumber'), dataIndex: 'idNumber', className: 'people-masked' },
  { title: t('people.level'), key: 'level', render: (_, inmate) => level(t, inmate) },
  { title: t('people.involved'), key: 'flags', render: (_, inmate) => flags(t, inmate) },
  { title: t('people.state'), key: 'state', render: (_, inmate) => t(`people.inmateStates.${inmate.state}`) },
];

const detailOf = (t: Translate, inmate: InmateView): DetailItem[] => [
  { label: t('people.number'), value: inmate.number },
  { label: t('people.name'), value: inmate.name },
  { label: t('people.prison'), value: `${inmate.prisonName} · ${inmate.wardName}` },
  { label: t('people.idNumber'), value: inmate.idNumber, masked: 'idNumber' },
  { label: t('people.birthDate'), value: inmate.birthDate, masked: 'birthDate' },
  { label: t('people.gender'), value: t(`people.genders.${inmate.gender}`) },
  { label: t('people.nationality'), value: inmate.nationality || null },
  { label: t('people.level'), value: level(t, inmate) },
  { label: t('people.involved'), value: inmate.keyControl || inmate.involved.length > 0 ? flags(t, inmate) : null },
  { label: t('people.officer'), value: inmate.officerName },
  { label: t('people.admittedOn'), value: inmate.admittedOn },
  { label: t('people.releaseOn'), value: inmate.releaseOn },
  { label: t('people.state'), value: t(`people.inmateStates.${inmate.state}`) },
];
