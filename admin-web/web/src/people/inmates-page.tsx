import { InmateState, type InmateView, Involvement, TreatmentLevel } from '@qinqiao/contracts';
import { type TableColumnsType, Tag } from 'antd';
import { useMemo } from 'react';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { InmateForm } from './inmate-form.tsx';
import { PeoplePage } from './people-page.tsx';
import type { DetailItem } from './person-drawer.tsx';
import { useChoices } from './use-choices.ts';

const LEVEL_COLOURS = { lenient: 'green', common: 'default', strict: 'red', observation: 'orange' } as const;

const form = (inmate: InmateView | 'new', onClose: () => void, onSaved: () => void) => (
  <InmateForm inmate={inmate} onClose={onClose} onSaved={onSaved} />
);

export function InmatesPage() {
  const t = useText();
  const choices = useChoices();
  const columns = useMemo(() => columnsOf(t), [t]);
  const yesNo = [
    { value: 'true', label: t('people.keyControl') },
    { value: 'false', label: `${t('people.keyControl')}: ${t('common.no')}` },
  ];
  return (
    <PeoplePage<InmateView>
      kind="inmate"
      plural="inmates"
      title={t('people.inmates')}
      addText={t('people.addInmate')}
      searchText={t('people.searchInmates')}
      columns={columns}
      filters={{
        wards: true,
        choices: [
          { name: 'level', label: t('people.level'), options: choices('levels', TreatmentLevel.options) },
          { name: 'keyControl', label: t('people.keyControl'), options: yesNo },
          { name: 'involved', label: t('people.involved'), options: choices('involvements', Involvement.options) },
          { name: 'state', label: t('people.state'), options: choices('inmateStates', InmateState.options) },
        ],
      }}
      list={(query) => api.listInmates({ query })}
      read={(id) => api.getInmate({ params: { id } })}
      remove={(id) => api.deleteInmate({ params: { id } })}
      details={(view) => detailOf(t, view)}
      form={form}
    />
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
