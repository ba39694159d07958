import type { ConversationDetail } from '@qinqiao/contracts';
import { App, Form, Input } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  detail: ConversationDetail;
  open: boolean;
  onClose: () => void;
  put: (detail: ConversationDetail) => void;
}

/** What was finished is to be heard again. */
export function ReopenForm({ detail, open, onClose, put }: Props) {
  const t = useText();
  const { message } = App.useApp();
  const save = async ({ reason }: { reason: string }) => {
    put(await api.reopenRelistening({ params: { id: detail.conversation.id }, body: { reason, version: detail.version } }));
    message.success(t('relistening.reopened'));
  };
  return (
    <FormModal<{ reason: string }> title={t('relistening.reopenTitle')} open={open} onClose={onClose} onSave={save} testId="reopen-form">
      <Form.Item name="reason" label={t('relistening.reason')} rules={[{ required: true, whitespace: true }]}>
        <Input.TextArea maxLength={200} showCount autoSize={{ minRows: 2 }} />
      </Form.Item>
    </FormModal>
  );
}
