import { EyeOutlined } from '@ant-design/icons';
import type { MaskedField, PersonKind } from '@qinqiao/contracts';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  kind: PersonKind;
  id: string;
  field: MaskedField;
  masked: string;
}

/** A masked value; who may, sees it in full after giving a reason. */
export function MaskedValue({ kind, id, field, masked }: Props) {
  const t = useText();
  const may = useAllowed('person.unmask');
  const [asking, setAsking] = useState(false);
  const [clear, setClear] = useState<string | null>(null);
  const show = async ({ reason }: { reason: string }) => {
    const { values } = await api.unmaskPerson({ params: { kind, id }, body: { fields: [field], reason } });
    setClear(values[field] ?? '');
  };
  if (masked === '') return <>{t('common.none')}</>;
  return (
    <span className="people-masked" data-testid={`value-${field}`}>
      {clear ?? masked}
      {may && clear === null && (
        <Button
          type="link"
          size="small"
          icon={<EyeOutlined />}
          aria-label={t('people.unmask')}
          title={t('people.unmask')}
          onClick={() => setAsking(true)}
          data-testid={`unmask-${field}`}
        />
      )}
      {asking && (
        <FormModal<{ reason: string }>
          title={t('people.unmask')}
          open
          onClose={() => setAsking(false)}
          onSave={show}
          saveText={t('people.showClear')}
          testId="unmask-form"
          width={400}
        >
          <Form.Item
            name="reason"
            label={t('people.unmaskReason')}
            extra={t('people.unmaskNotice')}
            rules={[{ required: true, whitespace: true, message: t('common.required') }]}
          >
            <Input.TextArea maxLength={200} rows={3} data-testid="unmask-reason" />
          </Form.Item>
        </FormModal>
      )}
    </span>
  );
}
