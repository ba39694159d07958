import { Alert, Form, Input } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';

interface Props {
  title: string;
  /** What follows from it. */
  text?: string;
  saveText: string;
  onClose: () => void;
  onSave: (reason: string) => Promise<unknown>;
}

/** Asks why something is ended, and says what follows from it. */
export function ReasonForm({ title, text, saveText, onClose, onSave }: Props) {
  const t = useText();
  return (
    <FormModal<{ reason: string }>
      title={title}
      open
      onClose={onClose}
      onSave={({ reason }) => onSave(reason)}
      saveText={saveText}
      testId="reason-form"
      width={420}
    >
      {text && <Alert type="warning" showIcon title={text} className="form-modal-error" />}
      <Form.Item name="reason" label={t('families.reason')} rules={[{ required: true, whitespace: true, message: t('common.required') }]}>
        <Input.TextArea maxLength={200} rows={3} data-testid="reason" />
      </Form.Item>
    </FormModal>
  );
}
