import { PlusOutlined } from '@ant-design/icons';
import { type CallRuleExceptionView, DEFAULT_CALL_RULE } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, DatePicker, Form, Input, Popconfirm, Space, type TableColumnsType } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { FormModal } from '../components/form-modal.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { InmateSelect } from '../people/inmate-select.tsx';
import { api } from '../session/api.ts';
import { fromValues, RuleFields, type RuleValues, toValues } from './rule-fields.tsx';
import { limitText } from './rules-tab.tsx';

interface Values {
  inmateId: string;
  reason: string;
  from: Dayjs;
  until?: Dayjs | null;
  content: RuleValues;
}
const day = (date: Dayjs) => date.format('YYYY-MM-DD');

/** Rules that hold for one inmate instead of his level's. */
export function ExceptionsTab({ prisonId }: { prisonId: string }) {
  const t = useText();
  const queries = useQueryClient();
  const mayEdit = useAllowed('callrule.edit');
  const { act } = useAct();
  const [editing, setEditing] = useState<CallRuleExceptionView | 'new' | null>(null);
  const changed = () => queries.invalidateQueries({ queryKey: ['call-rule-exceptions'] });
  const columns = useMemo(() => {
    const remove = async (id: string) => {
      await api.removeCallRuleException({ params: { id } });
      await queries.invalidateQueries({ queryKey: ['call-rule-exceptions'] });
    };
    return columnsOf(t, mayEdit, setEditing, (id) => void act(() => remove(id), t('bookings.removed')));
  }, [t, mayEdit, act, queries]);
  return (
    <>
      <div className="page-filters">
        <span className="page-head-space" />
        {mayEdit && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')} data-testid="exception-add">
            {t('bookings.addException')}
          </Button>
        )}
      </div>
      <DataTable<CallRuleExceptionView>
        queryKey={['call-rule-exceptions', prisonId]}
        read={(cursor) => api.listCallRuleExceptions({ query: { prisonId, limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="exception-row"
        emptyText={t('bookings.noExceptions')}
        minWidth={900}
      />
      <ExceptionForm editing={editing} onClose={() => setEditing(null)} onSaved={changed} />
    </>
  );
}

interface FormProps {
  editing: CallRuleExceptionView | 'new' | null;
  onClose: () => void;
  onSaved: () => Promise<unknown>;
}

function ExceptionForm({ editing, onClose, onSaved }: FormProps) {
  const t = useText();
  const { message } = App.useApp();
  const old = editing === 'new' ? null : editing;
  const required = [{ required: true, message: t('common.required') }];
  const save = async ({ inmateId, reason, from, until, content }: Values) => {
    const body = { reason, from: day(from), until: until ? day(until) : null, content: fromValues(content) };
    if (old) await api.editCallRuleException({ params: { id: old.id }, body: { ...body, version: old.version } });
    else await api.addCallRuleException({ body: { ...body, inmateId } });
    await onSaved();
    message.success(t('bookings.saved'));
  };
  const initial: Partial<Values> = old
    ? {
        inmateId: old.inmateId,
        reason: old.reason,
        from: dayjs(old.from),
        until: old.until ? dayjs(old.until) : null,
        content: toValues(old.content),
      }
    : { from: dayjs(), content: toValues(DEFAULT_CALL_RULE) };
  return (
    <FormModal<Values>
      key={old?.id ?? 'new'}
      title={t('bookings.addException')}
      open={editing !== null}
      onClose={onClose}
      onSave={save}
      initial={initial}
      width={640}
      testId="exception-form"
    >
      <Form.Item name="inmateId" label={t('bookings.inmate')} rules={required} hidden={old !== null}>
        <InmateSelect known={[]} />
      </Form.Item>
      <Form.Item
        name="reason"
        label={t('bookings.exceptionReason')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      <div className="rule-three">
        <Form.Item name="from" label={t('bookings.from')} rules={required}>
          <DatePicker />
        </Form.Item>
        <Form.Item name="until" label={t('bookings.until')}>
          <DatePicker placeholder={t('bookings.forever')} />
        </Form.Item>
      </div>
      <RuleFields />
    </FormModal>
  );
}

const columnsOf = (
  t: Translate,
  mayEdit: boolean,
  onEdit: (exception: CallRuleExceptionView) => void,
  onRemove: (id: string) => void,
): TableColumnsType<CallRuleExceptionView> => [
  { title: t('bookings.inmate'), key: 'inmate', width: 200, render: (_, { inmateName, inmateNumber }) => `${inmateName} ${inmateNumber}` },
  {
    title: t('bookings.limits'),
    key: 'limits',
    render: (_, { content }) => content.limits.map((limit) => <div key={limitText(t, limit)}>{limitText(t, limit)}</div>),
  },
  { title: t('bookings.exceptionReason'), dataIndex: 'reason', width: 200 },
  {
    title: t('bookings.validFrom'),
    key: 'period',
    width: 210,
    render: (_, { from, until }) => `${from} – ${until ?? t('bookings.forever')}`,
  },
  {
    key: 'acts',
    width: 140,
    render: (_, exception) =>
      mayEdit && (
        <Space>
          <Button type="link" size="small" onClick={() => onEdit(exception)}>
            {t('bookings.edit')}
          </Button>
          <Popconfirm title={t('bookings.removeAsk')} onConfirm={() => onRemove(exception.id)}>
            <Button type="link" size="small" danger>
              {t('bookings.remove')}
            </Button>
          </Popconfirm>
        </Space>
      ),
  },
];
