import { type CallCountView, type CallRecordView, END_REASONS } from '@qinqiao/contracts';
import { DatePicker, Tabs } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useText } from '../i18n/index.ts';
import { ExportButton } from '../people/export-button.tsx';
import { type Filter, PeopleFilters } from '../people/filters.tsx';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';
import '../people/people.css';
import { countColumns, recordColumns } from './record-columns.tsx';

/** Video calls that are over, and how many each inmate had (V20). */
export function FinishedPage() {
  const t = useText();
  const [tab, setTab] = useState('records');
  return (
    <PageFrame title={t('calls.finishedTitle')} testId="finished-page">
      <Tabs
        activeKey={tab}
        onChange={setTab}
        items={[
          { key: 'records', label: t('records.tabs.records'), children: <Records /> },
          { key: 'counts', label: <span data-testid="counts-tab">{t('records.tabs.counts')}</span>, children: <Counts /> },
        ]}
      />
    </PageFrame>
  );
}

function Records() {
  const t = useText();
  const { prisons } = usePlaces();
  const [filter, setFilter] = useState<Filter>({});
  const columns = useMemo(() => recordColumns(t, prisons.length > 1), [t, prisons.length]);
  const choices = [
    { name: 'endReason', label: t('records.endReason'), options: END_REASONS.map((value) => ({ value, label: t(`reason.${value}`) })) },
    {
      name: 'met',
      label: t('records.met'),
      options: [
        { value: 'true', label: t('records.metYes') },
        { value: 'false', label: t('records.metNo') },
      ],
    },
  ];
  return (
    <>
      <div className="page-filters">
        <PeopleFilters value={filter} onChange={setFilter} placeholder={t('records.search')} wards choices={choices} />
        <Days filter={filter} onChange={setFilter} />
        <ExportButton kind="call-records" permission="call.export" filter={filter} />
      </div>
      <DataTable<CallRecordView>
        queryKey={['call-records', filter]}
        read={(cursor) => api.listCallRecords({ query: { ...filter, limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="call-row"
        emptyText={t('records.none')}
        minWidth={1200}
      />
    </>
  );
}

function Counts() {
  const t = useText();
  const { prisons } = usePlaces();
  const [filter, setFilter] = useState<Filter>({});
  const columns = useMemo(() => countColumns(t, prisons.length > 1), [t, prisons.length]);
  return (
    <>
      <div className="page-filters">
        <PeopleFilters value={filter} onChange={setFilter} placeholder={t('records.searchInmates')} wards choices={[]} />
        <Days filter={filter} onChange={setFilter} />
        <ExportButton kind="call-counts" permission="call.export" filter={filter} />
        <span className="muted">{t('records.hint')}</span>
      </div>
      <DataTable<CallCountView>
        queryKey={['call-counts', filter]}
        read={(cursor) => api.listCallCounts({ query: { ...filter, limit: 50, cursor } })}
        columns={columns}
        rowKey="inmateId"
        rowTestId="count-row"
        minWidth={900}
      />
    </>
  );
}

function Days({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const t = useText();
  const choose = (dates: readonly ({ format: (text: string) => string } | null)[] | null) => {
    const { from: _from, to: _to, ...others } = filter;
    const [from, to] = [dates?.[0]?.format('YYYY-MM-DD'), dates?.[1]?.format('YYYY-MM-DD')];
    onChange({ ...others, ...(from ? { from } : {}), ...(to ? { to } : {}) });
  };
  return <DatePicker.RangePicker style={{ width: 240 }} onChange={choose} aria-label={t('records.dates')} />;
}
