import { PlusOutlined } from '@ant-design/icons';
import type { ExtraCallView, QuotaKind } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, DatePicker, Form, Input, InputNumber, Select, type TableColumnsType, Tag } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { FormModal } from '../components/form-modal.tsx';
import { momentOf } from '../components/format.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { InmateSelect } from '../people/inmate-select.tsx';
import { api } from '../session/api.ts';
import { QuotaLines } from './quota-lines.tsx';

const STATES = ['pending', 'approved', 'refused', 'cancelled'] as const;
const COLOURS = { pending: 'orange', approved: 'green', refused: 'red', cancelled: 'default' } as const;

/** Applications for calls beyond the quota (V19). */
export function ExtraCallsTab() {
  const t = useText();
  const queries = useQueryClient();
  const mayApply = useAllowed('quota.adjust');
  const [state, setState] = useState<ExtraCallView['state'] | undefined>();
  const [applying, setApplying] = useState(false);
  const columns = useMemo(() => columnsOf(t), [t]);
  return (
    <>
      <div className="page-filters">
        <Select
          allowClear
          placeholder={t('bookings.state')}
          style={{ width: 140 }}
          options={STATES.map((value) => ({ value, label: t(`bookings.extraStates.${value}`) }))}
          onChange={setState}
        />
        <span className="page-head-space" />
        {mayApply && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setApplying(true)} data-testid="extra-apply">
            {t('bookings.extraApply')}
          </Button>
        )}
      </div>
      <DataTable<ExtraCallView>
        queryKey={['extra-calls', state]}
        read={(cursor) => api.listExtraCalls({ query: { limit: 50, cursor, ...(state ? { state } : {}) } })}
        columns={columns}
        rowKey="id"
        rowTestId="extra-row"
        emptyText={t('bookings.noExtra')}
        minWidth={980}
      />
      <ApplyForm
        open={applying}
        onClose={() => setApplying(false)}
        onApplied={() => queries.invalidateQueries({ queryKey: ['extra-calls'] })}
      />
    </>
  );
}

interface Values {
  inmateId: string;
  kind: QuotaKind;
  calls: number;
  minutes: number;
  month: Dayjs;
  reason: string;
}

function ApplyForm({ open, onClose, onApplied }: { open: boolean; onClose: () => void; onApplied: () => Promise<unknown> }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const inmateId = Form.useWatch('inmateId', form);
  const required = [{ required: true, message: t('common.required') }];
  const save = async ({ month, ...rest }: Values) => {
    await api.applyExtraCall({ body: { ...rest, month: month.format('YYYY-MM') } });
    await onApplied();
  };
  return (
    <FormModal<Values>
      title={t('bookings.extraApply')}
      open={open}
      onClose={onClose}
      onSave={save}
      form={form}
      initial={{ kind: 'video', calls: 1, minutes: 30, month: dayjs() }}
      testId="extra-form"
    >
      <Form.Item name="inmateId" label={t('bookings.inmate')} rules={required}>
        <InmateSelect known={[]} />
      </Form.Item>
      {open && inmateId && <QuotaLines inmateId={inmateId} />}
      <Form.Item name="kind" label={t('bookings.kind')} rules={required}>
        <Select options={(['video', 'phone', 'visit'] as const).map((value) => ({ value, label: t(`bookings.kinds.${value}`) }))} />
      </Form.Item>
      <Form.Item name="month" label={t('bookings.month')} rules={required}>
        <DatePicker picker="month" allowClear={false} />
      </Form.Item>
      <Form.Item name="calls" label={t('bookings.calls')} rules={required}>
        <InputNumber min={1} max={5} />
      </Form.Item>
      <Form.Item name="minutes" label={t('bookings.minutes')} rules={required}>
        <InputNumber min={1} max={240} />
      </Form.Item>
      <Form.Item
        name="reason"
        label={t('bookings.extraReason')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input.TextArea rows={3} maxLength={200} showCount />
      </Form.Item>
    </FormModal>
  );
}

const columnsOf = (t: Translate): TableColumnsType<ExtraCallView> => [
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
  { title: t('bookings.kind'), dataIndex: 'kind', width: 100, render: (kind: QuotaKind) => t(`bookings.kinds.${kind}`) },
  { title: t('bookings.month'), dataIndex: 'month', width: 90 },
  { title: t('bookings.calls'), dataIndex: 'calls', width: 70 },
  { title: t('bookings.minutes'), dataIndex: 'minutes', width: 80 },
  { title: t('bookings.extraReason'), dataIndex: 'reason', ellipsis: true },
  {
    title: t('bookings.appliedBy'),
    key: 'by',
    width: 220,
    render: (_, { appliedBy, appliedAt }) => `${appliedBy.name} ${momentOf(appliedAt)}`,
  },
  {
    title: t('bookings.state'),
    key: 'state',
    width: 110,
    render: (_, { state }) => <Tag color={COLOURS[state]}>{t(`bookings.extraStates.${state}`)}</Tag>,
  },
  { title: t('bookings.decision'), dataIndex: 'decision', width: 160, ellipsis: true },
];
