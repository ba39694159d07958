import { useQuery } from '@tanstack/react-query';
import { Alert, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from './api.ts';
import { FactorField, type FactorValues, proofOf } from './factor-field.tsx';
import { problemText } from './problem-text.ts';
import { answerIdentity, useIdentityAsked } from './reauth.ts';

type Values = FactorValues & { password: string };

/** Asks the officer to show anew who he is, when something he does needs it. */
export function ReauthModal() {
  const asked = useIdentityAsked();
  return asked ? <Asking /> : null;
}

function Asking() {
  const t = useText();
  const language = useLanguage();
  const [form] = Form.useForm<Values>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { data: factors } = useQuery({ queryKey: ['my-factors'], queryFn: () => api.listMyFactors() });
  const kinds = [...new Set(factors?.items.map(({ kind }) => kind))];
  const confirm = async (values: Values) => {
    setBusy(true);
    setError(null);
    try {
      const proof = kinds.length > 0 ? await proofOf(values, async () => (await api.newChallenge()).challenge) : undefined;
      await api.confirmIdentity({ body: { password: values.password, ...(proof ? { proof } : {}) } });
      answerIdentity(true);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t('account.confirmTitle')}
      okText={t('common.confirm')}
      cancelText={t('common.cancel')}
      confirmLoading={busy || !factors}
      okButtonProps={{ 'data-testid': 'reauth-confirm' }}
      onOk={() => form.submit()}
      onCancel={() => answerIdentity(false)}
      width={420}
      data-testid="reauth"
    >
      <p>{t('account.confirmText')}</p>
      {error !== null && <Alert type="error" showIcon title={problemText(error, language, t)} className="form-modal-error" />}
      <Form<Values> form={form} layout="vertical" onFinish={(values) => void confirm(values)} disabled={busy} requiredMark={false}>
        <Form.Item name="password" label={t('login.password')} rules={[{ required: true, message: t('login.passwordRequired') }]}>
          <Input.Password autoFocus autoComplete="current-password" maxLength={128} data-testid="reauth-password" />
        </Form.Item>
        {kinds.length > 0 && <FactorField kinds={kinds} />}
      </Form>
    </Modal>
  );
}
