import { type Directory, type ErrorCode, QinqiaoError, type RestInput } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { DatePicker, Form, type FormInstance, InputNumber, Modal, Select, Spin } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { ErrorView } from '../components/error-view.tsx';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

type NewCall = RestInput<'createCall'>['body'];
type Fields = Omit<NewCall, 'startsAt'> & { startsAt: Dayjs };

export function ArrangeModal({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Fields>();
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const directory = useQuery({ queryKey: ['directory'], queryFn: () => api.directory() });

  const arrange = async (fields: Fields) => {
    // Who leaves the start as it is means "now", however long the form was open.
    const startsAt = (form.isFieldTouched('startsAt') ? fields.startsAt : dayjs()).toISOString();
    const mark = (error: unknown) => markFields(form, error, (code) => t(code === 'wrong_state' ? 'arrange.overlap' : 'arrange.invalid'));
    if (!(await act(() => api.createCall({ body: { ...fields, startsAt } }), t('arrange.done'), mark))) return;
    await queries.invalidateQueries({ queryKey: ['calls'] });
    onClose();
  };

  return (
    <Modal
      open
      title={t('arrange.title')}
      okText={t('arrange.submit')}
      okButtonProps={{ 'data-testid': 'arrange-submit', disabled: !directory.data }}
      confirmLoading={busy}
      onOk={form.submit}
      onCancel={onClose}
      width={520}
    >
      {directory.isPending && <Spin className="page-loading" />}
      {directory.isError && <ErrorView error={directory.error} onRetry={() => void directory.refetch()} />}
      {directory.data && <ArrangeForm form={form} directory={directory.data} onFinish={(fields) => void arrange(fields)} />}
    </Modal>
  );
}

/** Shows what the server found wrong beside its field. Answers whether it named one. */
function markFields(form: FormInstance<Fields>, error: unknown, textOf: (code: ErrorCode) => string): boolean {
  const names = error instanceof QinqiaoError ? Object.keys(error.fields ?? {}) : [];
  if (!(error instanceof QinqiaoError) || names.length === 0) return false;
  form.setFields(names.map((name) => ({ name: name as keyof Fields, errors: [textOf(error.code)] })));
  return true;
}

interface FormProps {
  form: FormInstance<Fields>;
  directory: Directory;
  onFinish: (fields: Fields) => void;
}

function ArrangeForm({ form, directory, onFinish }: FormProps) {
  const t = useText();
  const inmateId = Form.useWatch('inmateId', form);
  const families = directory.families.filter((family) => family.inmateId === inmateId);
  const required = [{ required: true, message: t('arrange.required') }];
  const notPast = {
    validator: async (_: unknown, at: Dayjs | null) => {
      const past = at?.isBefore(dayjs().subtract(2, 'minute')) && form.isFieldTouched('startsAt');
      if (past) throw new Error(t('arrange.past'));
    },
  };
  return (
    <Form<Fields> form={form} layout="vertical" onFinish={onFinish} initialValues={{ startsAt: dayjs(), minutes: 30 }}>
      <Form.Item name="inmateId" label={t('arrange.inmate')} rules={required}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('arrange.inmateHint')}
          data-testid="arrange-inmate"
          options={directory.inmates.map(({ id, name, number, wardName }) => ({ value: id, label: `${name}  ${number}  ${wardName}` }))}
          onChange={() => form.resetFields(['familyId'])}
        />
      </Form.Item>
      <Form.Item name="familyId" label={t('arrange.family')} rules={required}>
        <Select
          disabled={!inmateId}
          placeholder={t('arrange.familyHint')}
          data-testid="arrange-family"
          notFoundContent={t('arrange.noFamily')}
          options={families.map(({ id, name, relation }) => ({ value: id, label: t('common.bracketed', { text: name, more: relation }) }))}
        />
      </Form.Item>
      <Form.Item name="roomId" label={t('arrange.room')} rules={required}>
        <Select data-testid="arrange-room" options={directory.rooms.map(({ id, name }) => ({ value: id, label: name }))} />
      </Form.Item>
      <Form.Item name="startsAt" label={t('arrange.start')} rules={[...required, notPast]}>
        <DatePicker
          showTime={{ format: 'HH:mm' }}
          format="YYYY-MM-DD HH:mm"
          showNow
          allowClear={false}
          style={{ width: '100%' }}
          data-testid="arrange-start"
        />
      </Form.Item>
      <Form.Item name="minutes" label={t('arrange.minutes')} rules={required}>
        <InputNumber min={1} max={120} precision={0} step={5} style={{ width: '100%' }} data-testid="arrange-minutes" />
      </Form.Item>
    </Form>
  );
}
