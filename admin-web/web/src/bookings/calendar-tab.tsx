import { PlusOutlined } from '@ant-design/icons';
import type { CalendarDayKind, CalendarDayView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, DatePicker, Form, Input, Popconfirm, Radio, Select, Table, Tag } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed, useOfficer } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

const KINDS = ['holiday', 'workday', 'closed'] as const;
const COLOURS = { holiday: 'red', workday: 'blue', closed: 'default' } as const;
const ALL = 'all';

interface Values {
  day: Dayjs;
  kind: CalendarDayKind;
  name: string;
  forAll?: string;
}

/** Holidays, working weekends and closed days of a prison. */
export function CalendarTab({ prisonId }: { prisonId: string }) {
  const t = useText();
  const queries = useQueryClient();
  const mayEdit = useAllowed('slot.edit');
  const ofBureau = useOfficer()?.scope.kind === 'bureau';
  const { act } = useAct();
  const [year, setYear] = useState(dayjs().year());
  const [adding, setAdding] = useState(false);
  const query = useQuery({
    queryKey: ['calendar-days', prisonId, year],
    queryFn: () => api.listCalendarDays({ query: { prisonId, year } }),
  });
  const changed = () => queries.invalidateQueries({ queryKey: ['calendar-days'] });
  const save = async ({ day, kind, name, forAll }: Values) => {
    await api.saveCalendarDay({ body: { prisonId: forAll ?? prisonId, day: day.format('YYYY-MM-DD'), kind, name: name ?? '' } });
    await changed();
  };
  const remove = async ({ day, prisonId: owner }: CalendarDayView) => {
    await api.saveCalendarDay({ body: { prisonId: owner ?? ALL, day, kind: null } });
    await changed();
  };
  const required = [{ required: true, message: t('common.required') }];
  return (
    <>
      <Alert type="info" title={t('bookings.calendarHelp')} style={{ marginBottom: 12 }} />
      <div className="page-filters">
        <DatePicker picker="year" allowClear={false} value={dayjs(`${year}-01-01`)} onChange={(date) => date && setYear(date.year())} />
        <span className="page-head-space" />
        {mayEdit && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setAdding(true)} data-testid="calendar-add">
            {t('bookings.addDay')}
          </Button>
        )}
      </div>
      <Table<CalendarDayView>
        className="panel"
        size="middle"
        rowKey="day"
        loading={query.isPending}
        dataSource={query.data?.items ?? []}
        pagination={false}
        locale={{ emptyText: t('bookings.noDays') }}
        columns={[
          { title: t('bookings.day'), dataIndex: 'day', width: 140 },
          {
            title: t('bookings.kind'),
            key: 'kind',
            width: 220,
            render: (_, { kind, prisonId: owner }) => (
              <>
                <Tag color={COLOURS[kind]}>{t(`bookings.dayTypes.${kind}`)}</Tag>
                {owner === null && <Tag>{t('bookings.allPrisons')}</Tag>}
              </>
            ),
          },
          { title: t('bookings.dayName'), dataIndex: 'name' },
          {
            key: 'acts',
            width: 100,
            render: (_, entry) =>
              mayEdit &&
              (entry.prisonId !== null || ofBureau) && (
                <Popconfirm title={t('bookings.removeAsk')} onConfirm={() => void act(() => remove(entry), t('bookings.removed'))}>
                  <Button type="link" size="small" danger>
                    {t('bookings.remove')}
                  </Button>
                </Popconfirm>
              ),
          },
        ]}
      />
      <FormModal<Values>
        title={t('bookings.addDay')}
        open={adding}
        onClose={() => setAdding(false)}
        onSave={save}
        initial={{ kind: 'holiday' }}
        testId="calendar-form"
      >
        <Form.Item name="day" label={t('bookings.day')} rules={required}>
          <DatePicker />
        </Form.Item>
        <Form.Item name="kind" label={t('bookings.kind')} rules={required}>
          <Radio.Group options={KINDS.map((value) => ({ value, label: t(`bookings.dayTypes.${value}`) }))} />
        </Form.Item>
        <Form.Item name="name" label={t('bookings.dayName')}>
          <Input maxLength={40} />
        </Form.Item>
        {ofBureau && (
          <Form.Item name="forAll" label={t('bookings.prison')}>
            <Select allowClear options={[{ value: ALL, label: t('bookings.allPrisons') }]} />
          </Form.Item>
        )}
      </FormModal>
    </>
  );
}
