import type { ScheduledTask, TaskKindView } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Form, Input, InputNumber, Select, Switch } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Values {
  kind: string;
  name: string;
  cron: string;
  timeLimitS: number;
  enabled: boolean;
  parameters?: Record<string, number>;
}
interface Props {
  task: ScheduledTask | 'new' | null;
  onClose: () => void;
  onSaved: () => Promise<unknown>;
}

/** Defines a task: what, when, how long at most, and its parameters. */
export function TaskForm({ task, onClose, onSaved }: Props) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const { data } = useQuery({ queryKey: ['task-kinds'], queryFn: () => api.listTaskKinds(), staleTime: 600_000 });
  const kinds = data?.items ?? [];
  const old = task === 'new' ? null : task;
  const save = async ({ kind, parameters = {}, ...rest }: Values) => {
    if (old) await api.updateScheduledTask({ params: { id: old.id }, body: { ...rest, parameters, version: old.version } });
    else await api.createScheduledTask({ body: { ...rest, parameters, kind } });
    await onSaved();
  };
  const initial: Partial<Values> = old ?? { enabled: true };
  return (
    <FormModal<Values>
      key={old?.id ?? 'new'}
      title={old ? t('tasks.editTitle') : t('tasks.add')}
      open={task !== null}
      onClose={onClose}
      onSave={save}
      form={form}
      initial={initial}
      fieldText={(field, reason) => (field === 'cron' ? t('tasks.wrongCron') : field === 'name' ? t('tasks.taken') : reason)}
      testId="task-form"
    >
      <Fields kinds={kinds} isNew={!old} onKind={(kind) => suggest(kind, form.setFieldsValue)} />
    </FormModal>
  );
}

function suggest(kind: TaskKindView | undefined, set: (values: Partial<Values>) => void): void {
  if (!kind) return;
  set({
    cron: kind.cron,
    timeLimitS: kind.timeLimitS,
    parameters: Object.fromEntries(kind.fields.map(({ name, initial }) => [name, initial])),
  });
}

function Fields({ kinds, isNew, onKind }: { kinds: TaskKindView[]; isNew: boolean; onKind: (kind: TaskKindView | undefined) => void }) {
  const t = useText();
  const language = useLanguage();
  const chosen = Form.useWatch<string | undefined>('kind');
  const kind = kinds.find((each) => each.kind === chosen);
  const required = [{ required: true, message: t('common.required') }];
  return (
    <>
      <Form.Item name="kind" label={t('tasks.kind')} rules={required} extra={kind?.help[language]}>
        <Select
          disabled={!isNew}
          options={kinds.map((each) => ({ value: each.kind, label: each.label[language] }))}
          onChange={(value: string) => onKind(kinds.find((each) => each.kind === value))}
          data-testid="task-kind"
        />
      </Form.Item>
      <Form.Item name="name" label={t('tasks.name')} rules={[{ ...required[0], whitespace: true }]}>
        <Input maxLength={64} data-testid="task-name" />
      </Form.Item>
      <Form.Item name="cron" label={t('tasks.cron')} rules={required} extra={t('tasks.cronHelp')}>
        <Input maxLength={64} data-testid="task-cron" />
      </Form.Item>
      {kind?.fields.map((field) => (
        <Form.Item key={field.name} name={['parameters', field.name]} label={field.label[language]} rules={required}>
          <InputNumber min={field.min} max={field.max} precision={0} />
        </Form.Item>
      ))}
      <Form.Item name="timeLimitS" label={t('tasks.timeLimit')} rules={required} extra={t('tasks.timeLimitHelp')}>
        <InputNumber min={1} max={86_400} precision={0} />
      </Form.Item>
      <Form.Item name="enabled" label={t('tasks.enabled')} valuePropName="checked">
        <Switch />
      </Form.Item>
    </>
  );
}
