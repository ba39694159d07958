import type { ConversationDetail } from '@qinqiao/contracts';
import { App, Form, Input, Select } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { useRelisteners } from './assign-form.tsx';

interface Props {
  detail: ConversationDetail;
  open: boolean;
  onClose: () => void;
  put: (detail: ConversationDetail) => void;
  again: () => Promise<void>;
}

/** Gives the conversation to another officer, with the reason. */
export function HandOverForm({ detail, open, onClose, put, again }: Props) {
  const t = useText();
  const { message } = App.useApp();
  const { conversation, version } = detail;
  const { id } = conversation;
  const holder = conversation.dueAt ? conversation.assignee?.id : conversation.secondOfficer?.id;
  const officers = useRelisteners(open ? id : null).filter(({ value }) => value !== holder);
  const save = async ({ officerId, reason }: { officerId: string; reason: string }) => {
    try {
      put(await api.handOverConversation({ params: { id }, body: { officerId, reason, version } }));
    } catch (error) {
      await again();
      throw error;
    }
    message.success(t('relistening.handedOver'));
  };
  return (
    <FormModal<{ officerId: string; reason: string }>
      title={t('relistening.handOverTitle')}
      open={open}
      onClose={onClose}
      onSave={save}
      testId="hand-over-form"
    >
      <Form.Item name="officerId" label={t('relistening.officer')} rules={[{ required: true }]}>
        <Select options={officers} data-testid="hand-over-officer" />
      </Form.Item>
      <Form.Item name="reason" label={t('relistening.reason')} rules={[{ required: true, whitespace: true }]}>
        <Input.TextArea maxLength={200} showCount autoSize={{ minRows: 2 }} data-testid="hand-over-reason" />
      </Form.Item>
    </FormModal>
  );
}
