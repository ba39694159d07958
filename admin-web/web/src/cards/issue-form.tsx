import type { RestInput } from '@qinqiao/contracts';
import { Form, Input, Radio } from 'antd';
import { useCallback } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { UidItem } from './uid-item.tsx';

type Values = RestInput<'issueCard'>['body'];
interface Props {
  open: boolean;
  onClose: () => void;
  onIssued: (payload: string) => void;
}

/** Gives a person a card. */
export function IssueForm({ open, onClose, onIssued }: Props) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const setUid = useCallback((uid: string) => form.setFieldsValue({ uid }), [form]);
  const save = async (body: Values) => onIssued((await api.issueCard({ body })).payload);
  const fieldText = (field: string, reason: string) =>
    field === 'holderNumber' ? t('cards.holderUnknown') : field === 'uid' ? t('cards.cardOpen') : reason;
  return (
    <FormModal<Values>
      title={t('cards.issueTitle')}
      open={open}
      onClose={onClose}
      onSave={save}
      form={form}
      initial={{ holderKind: 'inmate' }}
      fieldText={fieldText}
      testId="card-form"
    >
      {open && <UidItem onRead={setUid} />}
      <Form.Item name="holderKind" label={t('cards.holderKind')} rules={[{ required: true }]}>
        <Radio.Group>
          {(['inmate', 'officer'] as const).map((kind) => (
            <Radio key={kind} value={kind}>
              {t(`cards.kinds.${kind}`)}
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      <Form.Item
        name="holderNumber"
        label={t('cards.holderNumber')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input maxLength={64} data-testid="card-holder" />
      </Form.Item>
    </FormModal>
  );
}
