import type { ConversationDetail } from '@qinqiao/contracts';
import { Alert, App, Form, Input } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  detail: ConversationDetail;
  open: boolean;
  onClose: () => void;
  put: (detail: ConversationDetail) => void;
}

/** Takes a conversation off what needs attention, or puts it back; why stands in its history. */
export function AttentionForm({ detail, open, onClose, put }: Props) {
  const t = useText();
  const { message } = App.useApp();
  const { id, attention, attentionReasons } = detail.conversation;
  const reasons = attentionReasons.map((reason) => t(`transcripts.attention.reasons.${reason}`)).join('、');
  const save = async ({ reason }: { reason: string }) => {
    put(await api.setAttention({ params: { id }, body: { attention: !attention, reason, version: detail.version } }));
    message.success(t(attention ? 'transcripts.attention.takenOff' : 'transcripts.attention.putBack'));
  };
  return (
    <FormModal<{ reason: string }>
      title={t(attention ? 'transcripts.attention.offTitle' : 'transcripts.attention.onTitle')}
      open={open}
      onClose={onClose}
      onSave={save}
      testId="attention-form"
    >
      {attention && <Alert type="info" showIcon title={t('transcripts.attention.offHint', { reasons })} style={{ marginBottom: 16 }} />}
      <Form.Item name="reason" label={t('transcripts.attention.reason')} rules={[{ required: true, whitespace: true }]}>
        <Input.TextArea maxLength={200} showCount autoSize={{ minRows: 2 }} data-testid="attention-reason" />
      </Form.Item>
    </FormModal>
  );
}
