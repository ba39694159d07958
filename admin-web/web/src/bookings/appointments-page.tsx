import { CalendarOutlined, DownloadOutlined, SwapOutlined } from '@ant-design/icons';
import { type AppointmentKind, APPOINTMENT_STATES, type AppointmentState, type AppointmentView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, DatePicker, Input, Select, type TableColumnsType, Tabs, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { clockOf, dayOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { saveFile } from '../components/save-file.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';
import { AppointmentDrawer } from './appointment-drawer.tsx';
import { BookForm } from './book-form.tsx';
import { ExtraCallsTab } from './extra-calls-tab.tsx';
import { PackagesDrawer } from './packages-drawer.tsx';
import { StateTag } from './state-tag.tsx';

interface Filter {
  text?: string | undefined;
  kind?: AppointmentKind | undefined;
  state?: AppointmentState | undefined;
  prisonId?: string | undefined;
  wardId?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** What families have booked, and applications for extra calls (V06, V19). */
export function AppointmentsPage() {
  const t = useText();
  const [tab, setTab] = useState('appointments');
  return (
    <PageFrame title={t('bookings.title')} testId="appointments-page">
      <Tabs
        activeKey={tab}
        onChange={setTab}
        items={[
          { key: 'appointments', label: t('bookings.tabs.appointments'), children: <Appointments /> },
          { key: 'extra', label: t('bookings.tabs.extra'), children: <ExtraCallsTab /> },
        ]}
      />
    </PageFrame>
  );
}

function Appointments() {
  const t = useText();
  const queries = useQueryClient();
  const [filter, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<string | null>(null);
  const [booking, setBooking] = useState(false);
  const [exchanging, setExchanging] = useState(false);
  const columns = useMemo(() => columnsOf(t, setOpen), [t]);
  const changed = () => queries.invalidateQueries({ queryKey: ['appointments'] });
  return (
    <>
      <div className="page-filters">
        <Filters filter={filter} onChange={setFilter} />
      </div>
      <div className="page-filters">
        <Acts filter={filter} onBook={() => setBooking(true)} onExchange={() => setExchanging(true)} />
      </div>
      <DataTable<AppointmentView>
        queryKey={['appointments', filter]}
        read={(cursor) => api.listAppointments({ query: { ...filter, limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="appointment-row"
        onOpen={({ id }) => setOpen(id)}
        emptyText={t('bookings.none')}
        minWidth={1080}
      />
      <AppointmentDrawer id={open} onClose={() => setOpen(null)} onChanged={changed} />
      <BookForm open={booking} instead={null} onClose={() => setBooking(false)} onBooked={changed} />
      <PackagesDrawer open={exchanging} onClose={() => setExchanging(false)} onTaken={changed} />
    </>
  );
}

function Acts({ filter, onBook, onExchange }: { filter: Filter; onBook: () => void; onExchange: () => void }) {
  const t = useText();
  const { busy, act } = useAct();
  const [mayBook, mayExport, mayExchange] = [useAllowed('booking.edit'), useAllowed('booking.export'), useAllowed('booking.exchange')];
  const save = async () => saveFile(await api.exportAppointments({ body: filter }));
  return (
    <>
      {mayExchange && (
        <Button icon={<SwapOutlined />} onClick={onExchange} data-testid="packages">
          {t('bookings.packages')}
        </Button>
      )}
      {mayExport && (
        <Button icon={<DownloadOutlined />} loading={busy} onClick={() => void act(save, t('bookings.exported'))} data-testid="export">
          {t('bookings.export')}
        </Button>
      )}
      {mayBook && (
        <Button type="primary" icon={<CalendarOutlined />} onClick={onBook} data-testid="book">
          {t('bookings.book')}
        </Button>
      )}
    </>
  );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const t = useText();
  const { prisons, wardsOf } = usePlaces();
  const days = (dates: readonly ({ format: (text: string) => string } | null)[] | null) =>
    onChange({ ...filter, from: dates?.[0]?.format('YYYY-MM-DD'), to: dates?.[1]?.format('YYYY-MM-DD') });
  return (
    <>
      <Input.Search
        allowClear
        placeholder={t('bookings.search')}
        maxLength={64}
        style={{ width: 250 }}
        onSearch={(text) => onChange({ ...filter, text: text.trim() || undefined })}
        data-testid="appointment-search"
      />
      <Select
        allowClear
        placeholder={t('bookings.kind')}
        style={{ width: 120 }}
        options={(['video', 'visit'] as const).map((value) => ({ value, label: t(`bookings.kinds.${value}`) }))}
        onChange={(kind?: AppointmentKind) => onChange({ ...filter, kind })}
      />
      <Select
        allowClear
        placeholder={t('bookings.state')}
        style={{ width: 140 }}
        options={APPOINTMENT_STATES.map((value) => ({ value, label: t(`bookings.states.${value}`) }))}
        onChange={(state?: AppointmentState) => onChange({ ...filter, state })}
        data-testid="appointment-state"
      />
      {prisons.length > 1 && (
        <Select
          allowClear
          placeholder={t('bookings.prison')}
          style={{ width: 150 }}
          options={prisons}
          onChange={(prisonId?: string) => onChange({ ...filter, prisonId, wardId: undefined })}
        />
      )}
      <Select
        allowClear
        placeholder={t('bookings.ward')}
        style={{ width: 120 }}
        options={wardsOf(filter.prisonId ?? (prisons.length === 1 ? prisons[0]?.value : undefined))}
        value={filter.wardId ?? null}
        onChange={(wardId?: string) => onChange({ ...filter, wardId })}
      />
      <DatePicker.RangePicker style={{ width: 240 }} onChange={days} aria-label={t('bookings.dates')} />
    </>
  );
}

const columnsOf = (t: Translate, onOpen: (id: string) => void): TableColumnsType<AppointmentView> => [
  {
    title: t('bookings.time'),
    key: 'time',
    width: 190,
    render: (_, { startsAt, endsAt }) => `${dayOf(startsAt)} ${clockOf(startsAt)}–${clockOf(endsAt)}`,
  },
  { title: t('bookings.kind'), dataIndex: 'kind', width: 110, render: (kind: AppointmentKind) => t(`bookings.kinds.${kind}`) },
  {
    title: t('bookings.inmate'),
    key: 'inmate',
    width: 230,
    render: (_, { inmateName, inmateNumber, wardName }) => (
      <>
        <b>{inmateName}</b> {inmateNumber} <Tag>{wardName}</Tag>
      </>
    ),
  },
  {
    title: t('bookings.family'),
    key: 'family',
    width: 150,
    render: (_, { familyName, relation }) => t('common.bracketed', { text: familyName, more: relation }),
  },
  { title: t('bookings.room'), dataIndex: 'roomName', width: 110, render: (room: string | null) => room ?? '—' },
  {
    title: t('bookings.state'),
    key: 'state',
    width: 160,
    render: (_, { state, extra, specialDay }) => (
      <>
        <StateTag state={state} />
        {extra && <Tag color="purple">{specialDay ?? t('bookings.extra')}</Tag>}
      </>
    ),
  },
  {
    key: 'acts',
    width: 80,
    render: (_, { id }) => (
      <Button type="link" size="small" onClick={() => onOpen(id)} data-testid="appointment-open">
        {t('bookings.open')}
      </Button>
    ),
  },
];
