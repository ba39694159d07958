import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, DatePicker, Form, Input, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { WORKLOAD_KEY } from './use-workload.ts';

/** Officers who may listen to a conversation, with what they have to do. */
export function useRelisteners(id: string | null) {
  const t = useText();
  const { data } = useQuery({
    queryKey: ['relisteners', id],
    queryFn: () => api.listRelisteners({ params: { id: id ?? '' } }),
    enabled: id !== null,
  });
  return (data?.items ?? []).map((officer) => ({
    value: officer.id,
    label: t('relistening.officerOpen', { name: officer.name, count: officer.open }),
  }));
}

interface Values {
  officerId: string;
  dueDay: Dayjs;
  reason?: string;
}

const DAYS = 3;

/** Gives the chosen conversations to an officer. */
export function AssignForm({ ids, open, onClose }: { ids: readonly string[]; open: boolean; onClose: () => void }) {
  const t = useText();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const officers = useRelisteners(open ? (ids[0] ?? null) : null);
  const save = async ({ officerId, dueDay, reason }: Values) => {
    const body = { ids: [...ids], officerId, dueDay: dueDay.format('YYYY-MM-DD'), reason: reason ?? '' };
    const { assigned } = await api.assignConversations({ body });
    message.success(t('relistening.assigned', { count: assigned }));
    await queries.invalidateQueries({ queryKey: ['conversations'] });
    await queries.invalidateQueries({ queryKey: WORKLOAD_KEY });
  };
  return (
    <FormModal<Values>
      title={t('relistening.assignTitle')}
      open={open}
      onClose={onClose}
      onSave={save}
      initial={{ dueDay: dayjs().add(DAYS, 'day') }}
      testId="assign-form"
    >
      <Form.Item name="officerId" label={t('relistening.officer')} rules={[{ required: true }]}>
        <Select options={officers} data-testid="assign-officer" />
      </Form.Item>
      <Form.Item name="dueDay" label={t('relistening.dueDay')} rules={[{ required: true }]}>
        <DatePicker minDate={dayjs()} style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item name="reason" label={t('relistening.reason')}>
        <Input.TextArea maxLength={200} showCount autoSize={{ minRows: 2 }} />
      </Form.Item>
    </FormModal>
  );
}
