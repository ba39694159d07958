import { APPROVAL_TYPES, type ApprovalType, CASE_STATES, type CaseState, type CaseSummary } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker, Input, Select, type TableColumnsType } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { CaseDrawer } from './case-drawer.tsx';
import { CASES, PRISONS } from './keys.ts';
import { CaseStateTag, TypeTag } from './tags.tsx';
import './approvals.css';

interface Filter {
  prisonId?: string;
  type?: ApprovalType;
  state?: CaseState;
  applicant?: string;
  approver?: string;
  from?: string;
  to?: string;
}

/** Approval records (V15): every application with what became of it. */
export function RecordsPage() {
  const t = useText();
  const [filter, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<string | null>(null);
  return (
    <PageFrame title={t('approvals.records.title')} filters={<Filters filter={filter} onChange={setFilter} />} testId="records">
      <DataTable<CaseSummary>
        queryKey={[...CASES, 'list', filter]}
        read={(cursor) => api.listCases({ query: { ...filter, limit: 50, cursor } })}
        columns={columnsOf(t, setOpen)}
        rowKey="id"
        rowTestId="record-row"
        onOpen={({ id }) => setOpen(id)}
        emptyText={t('approvals.records.empty')}
      />
      <CaseDrawer id={open} onClose={() => setOpen(null)} />
    </PageFrame>
  );
}

/** The filter without what is empty. */
function put(filter: Filter, change: { [Key in keyof Filter]: Filter[Key] | undefined }): Filter {
  return Object.fromEntries(Object.entries({ ...filter, ...change }).filter(([, value]) => value)) as Filter;
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const t = useText();
  const { data } = useQuery({ queryKey: PRISONS, queryFn: () => api.listApprovalPrisons(), staleTime: 60_000 });
  const prisons = data?.items ?? [];
  const set = (change: { [Key in keyof Filter]: Filter[Key] | undefined }) => onChange(put(filter, change));
  const days = (range: (Dayjs | null)[] | null) =>
    set({ from: range?.[0]?.startOf('day').toISOString(), to: range?.[1]?.add(1, 'day').startOf('day').toISOString() });
  const field = { allowClear: true, style: { width: 150 } };
  return (
    <>
      {prisons.length > 1 && (
        <Select
          {...field}
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('approvals.records.anyPrison')}
          aria-label={t('approvals.columns.prison')}
          options={prisons.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(prisonId?: string) => set({ prisonId })}
        />
      )}
      <Select
        {...field}
        placeholder={t('approvals.todo.allTypes')}
        aria-label={t('approvals.columns.type')}
        options={APPROVAL_TYPES.map((value) => ({ value, label: t(`approvals.types.${value}`) }))}
        onChange={(type?: ApprovalType) => set({ type })}
        data-testid="record-type"
      />
      <Select
        {...field}
        placeholder={t('approvals.records.anyState')}
        aria-label={t('approvals.columns.state')}
        options={CASE_STATES.map((value) => ({ value, label: t(`approvals.states.${value}`) }))}
        onChange={(state?: CaseState) => set({ state })}
        data-testid="record-state"
      />
      <Input.Search
        {...field}
        maxLength={64}
        placeholder={t('approvals.records.applicant')}
        onSearch={(text) => set({ applicant: text.trim() })}
      />
      <Input.Search
        {...field}
        maxLength={64}
        placeholder={t('approvals.records.approver')}
        onSearch={(text) => set({ approver: text.trim() })}
      />
      <DatePicker.RangePicker placeholder={[t('approvals.records.from'), t('approvals.records.to')]} onChange={(range) => days(range)} />
    </>
  );
}

function columnsOf(t: Translate, onOpen: (id: string) => void): TableColumnsType<CaseSummary> {
  const moment = (at: string | null) => <span className="digits">{at ? momentOf(at) : t('common.none')}</span>;
  return [
    { title: t('approvals.columns.type'), dataIndex: 'type', width: 120, render: (type: ApprovalType) => <TypeTag type={type} /> },
    { title: t('approvals.columns.title'), dataIndex: 'title', render: (title: string) => <b>{title}</b> },
    { title: t('approvals.columns.applicant'), dataIndex: 'applicantName', width: 120 },
    { title: t('approvals.columns.submitted'), dataIndex: 'submittedAt', width: 170, render: moment },
    { title: t('approvals.columns.state'), dataIndex: 'state', width: 100, render: (state: CaseState) => <CaseStateTag state={state} /> },
    { title: t('approvals.columns.decided'), dataIndex: 'decidedAt', width: 170, render: moment },
    {
      title: t('common.actions'),
      key: 'open',
      width: 90,
      fixed: 'right',
      render: (_, { id }) => (
        <Button size="small" onClick={() => onOpen(id)} data-testid="record-open">
          {t('approvals.todo.look')}
        </Button>
      ),
    },
  ];
}
