import { type FamilyView, PersonState } from '@qinqiao/contracts';
import { type TableColumnsType, Tag } from 'antd';
import { useMemo } from 'react';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { FamilyForm } from './family-form.tsx';
import { PeoplePage } from './people-page.tsx';
import type { DetailItem } from './person-drawer.tsx';
import { useChoices } from './use-choices.ts';

const form = (family: FamilyView | 'new', onClose: () => void, onSaved: () => void) => (
  <FamilyForm family={family} onClose={onClose} onSaved={onSaved} />
);

export function FamiliesPage() {
  const t = useText();
  const choices = useChoices();
  const columns = useMemo(() => columnsOf(t), [t]);
  return (
    <PeoplePage<FamilyView>
      kind="family"
      plural="families"
      title={t('people.families')}
      addText={t('people.addFamily')}
      searchText={t('people.searchFamilies')}
      columns={columns}
      filters={{ choices: [{ name: 'state', label: t('people.state'), options: choices('states', PersonState.options) }] }}
      list={(query) => api.listFamilies({ query })}
      read={(id) => api.getFamily({ params: { id } })}
      remove={(id) => api.deleteFamily({ params: { id } })}
      details={(view) => detailOf(t, view)}
      form={form}
    />
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
