import { PlusOutlined } from '@ant-design/icons';
import type { SlotPlanView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Space, Table, type TableColumnsType, Tag } from 'antd';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { SlotPlanForm } from './slot-plan-form.tsx';

/** When the prison can be booked (V07). */
export function SlotsTab({ prisonId }: { prisonId: string }) {
  const t = useText();
  const queries = useQueryClient();
  const mayEdit = useAllowed('slot.edit');
  const { act } = useAct();
  const [editing, setEditing] = useState<SlotPlanView | 'new' | null>(null);
  const query = useQuery({ queryKey: ['slot-plans', prisonId], queryFn: () => api.listSlotPlans({ query: { prisonId } }) });
  const changed = () => queries.invalidateQueries({ queryKey: ['slot-plans'] });
  const remove = async (id: string) => {
    await api.removeSlotPlan({ params: { id } });
    await changed();
  };
  if (query.isError) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      <div className="page-filters">
        <span className="page-head-space" />
        {mayEdit && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')} data-testid="plan-add">
            {t('bookings.addPlan')}
          </Button>
        )}
      </div>
      <Table<SlotPlanView>
        className="panel"
        size="middle"
        rowKey="id"
        loading={query.isPending}
        dataSource={query.data?.items ?? []}
        pagination={false}
        scroll={{ x: 900 }}
        locale={{ emptyText: t('bookings.noPlans') }}
        columns={columnsOf(t, mayEdit, setEditing, (id) => void act(() => remove(id), t('bookings.removed')))}
        onRow={() => ({ 'data-testid': 'plan-row' }) as React.HTMLAttributes<HTMLElement>}
      />
      <SlotPlanForm prisonId={prisonId} editing={editing} onClose={() => setEditing(null)} onSaved={changed} />
    </>
  );
}

/** The days of a plan in words. */
function daysText(t: Translate, { content: { days } }: SlotPlanView): string {
  if (days.kind === 'dates') return days.dates.join(', ');
  if (days.kind === 'month') return days.days.map((day) => t('bookings.dayOfMonth', { day })).join(', ');
  return days.days.map((day) => t(`bookings.weekdays.d${day as 1 | 2 | 3 | 4 | 5 | 6 | 7}`)).join(' ');
}

const columnsOf = (
  t: Translate,
  mayEdit: boolean,
  onEdit: (plan: SlotPlanView) => void,
  onRemove: (id: string) => void,
): TableColumnsType<SlotPlanView> => [
  {
    title: t('bookings.planName'),
    key: 'name',
    width: 200,
    render: (_, { content }) => (
      <>
        <b>{content.name}</b> <Tag>{t(`bookings.kinds.${content.kind}`)}</Tag>
        {!content.enabled && <Tag color="red">{t('bookings.disabled')}</Tag>}
      </>
    ),
  },
  { title: t('bookings.planDays'), key: 'days', width: 220, render: (_, plan) => daysText(t, plan) },
  {
    title: t('bookings.times'),
    key: 'times',
    render: (_, { content }) => content.times.map(({ from, to }) => <Tag key={from}>{`${from}–${to}`}</Tag>),
  },
  { title: t('bookings.capacity'), key: 'capacity', width: 100, render: (_, { content }) => content.capacity },
  {
    key: 'acts',
    width: 140,
    render: (_, plan) =>
      mayEdit && (
        <Space>
          <Button type="link" size="small" onClick={() => onEdit(plan)} data-testid="plan-edit">
            {t('bookings.edit')}
          </Button>
          <Popconfirm title={t('bookings.removeAsk')} onConfirm={() => onRemove(plan.id)}>
            <Button type="link" size="small" danger>
              {t('bookings.remove')}
            </Button>
          </Popconfirm>
        </Space>
      ),
  },
];
