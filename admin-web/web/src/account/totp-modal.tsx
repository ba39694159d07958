import { useQuery } from '@tanstack/react-query';
import { Form, Input, Modal, Spin } from 'antd';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

/** Sets one-time codes up: the QR code for the authenticator, and a first code that shows it has it. */
export function TotpModal({ onClose, onAdded }: { onClose: () => void; onAdded: () => void }) {
  const t = useText();
  const [form] = Form.useForm<{ code: string }>();
  const { busy, act } = useAct();
  const begun = useQuery({ queryKey: ['begin-totp'], queryFn: begin, gcTime: 0, staleTime: Number.POSITIVE_INFINITY });
  const finish = async ({ code }: { code: string }) => {
    if (!begun.data) return;
    const { id } = begun.data;
    if (await act(() => api.finishTotp({ params: { id }, body: { code } }), t('account.factorAdded'))) onAdded();
  };
  return (
    <Modal
      open
      title={t('account.totpTitle')}
      okText={t('common.confirm')}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      onOk={() => form.submit()}
      onCancel={onClose}
      okButtonProps={{ 'data-testid': 'totp-confirm' }}
    >
      <p>{t('account.totpScan')}</p>
      {begun.data ? (
        <div className="account-qr">
          <img src={begun.data.picture} alt="" width={168} height={168} />
          <Form<{ code: string }> form={form} layout="vertical" onFinish={(values) => void finish(values)} requiredMark={false}>
            <p>
              {t('account.totpSecret')}
              <br />
              <span className="account-secret" data-testid="totp-secret">
                {begun.data.secret}
              </span>
            </p>
            <Form.Item
              name="code"
              label={t('account.code')}
              rules={[{ required: true, pattern: /^\d{6}$/, message: t('account.codeWrong') }]}
            >
              <Input inputMode="numeric" autoComplete="one-time-code" maxLength={6} data-testid="totp-code" />
            </Form.Item>
          </Form>
        </div>
      ) : (
        <Spin />
      )}
    </Modal>
  );
}

async function begin() {
  const begun = await api.beginTotp();
  const { toDataURL } = await import('qrcode');
  return { ...begun, picture: await toDataURL(begun.uri, { margin: 1, width: 168 }) };
}
