import { Form, Input, Select } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { useDictionary } from '../settings/use-dictionary.ts';

export interface Decision {
  text: string;
}

interface Props {
  kind: 'approve' | 'refuse';
  /** How many are decided alike; 1: no word about it. */
  count: number;
  onClose: () => void;
  onSave: (text: string) => Promise<unknown>;
}

/** Approving or refusing, with the site's usual remarks to choose from. */
export function DecideForm({ kind, count, onClose, onSave }: Props) {
  const t = useText();
  const [form] = Form.useForm<Decision>();
  const refuses = kind === 'refuse';
  const { options } = useDictionary(refuses ? 'refusal_reason' : 'approval_reason');
  const usual = options.map(({ label }) => ({ value: label, label }));
  return (
    <FormModal<Decision>
      form={form}
      open
      title={t(`approvals.acts.${kind}`)}
      saveText={t(`approvals.acts.${kind}`)}
      initial={{ text: '' }}
      onClose={onClose}
      onSave={({ text }) => onSave((text ?? '').trim())}
      testId="decide-form"
    >
      {count > 1 && <p>{t('approvals.acts.batchNote', { count })}</p>}
      <Form.Item label={t('approvals.acts.usual')}>
        <Select
          options={usual}
          value={null}
          onChange={(text: string | null) => form.setFieldValue('text', text ?? '')}
          placeholder={t('approvals.acts.usual')}
          data-testid="usual"
        />
      </Form.Item>
      <Form.Item
        name="text"
        label={t(refuses ? 'approvals.acts.reason' : 'approvals.acts.note')}
        rules={refuses ? [{ required: true, whitespace: true, message: t('approvals.acts.reasonRequired') }] : []}
      >
        <Input.TextArea rows={4} maxLength={500} showCount data-testid="decide-text" />
      </Form.Item>
    </FormModal>
  );
}
