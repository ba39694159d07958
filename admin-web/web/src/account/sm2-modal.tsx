import { Form, Input, Modal } from 'antd';
import { saveFile } from '../components/save-file.ts';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { FactorField, type FactorValues } from '../session/factor-field.tsx';
import { newSm2KeyFile, openSm2KeyFile } from '../session/sm2-key-file.ts';

interface Values extends FactorValues {
  name: string;
  newPin?: string;
  certificate?: string;
}

/** A new key file, or a certificate together with the key file it is of. */
export function Sm2Modal({ certified, onClose, onAdded }: { certified: boolean; onClose: () => void; onAdded: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const { busy, act } = useAct();
  const add = async (values: Values) => {
    const done = await act(() => (certified ? addCertificate(values) : addNewKey(values)), t('account.factorAdded'));
    if (done) onAdded();
  };
  return (
    <Modal
      open
      title={t(certified ? 'account.certificateTitle' : 'account.sm2Title')}
      okText={t(certified ? 'common.confirm' : 'account.create')}
      cancelText={t('common.cancel')}
      confirmLoading={busy}
      onOk={() => form.submit()}
      onCancel={onClose}
      okButtonProps={{ 'data-testid': 'sm2-confirm' }}
    >
      <p>{t(certified ? 'account.certificateText' : 'account.sm2Text')}</p>
      <Form<Values> form={form} layout="vertical" onFinish={(values) => void add(values)} requiredMark={false}>
        <Form.Item
          name="name"
          label={t('account.factorName')}
          rules={[{ required: true, whitespace: true, message: t('common.required') }]}
        >
          <Input maxLength={64} data-testid="sm2-name" />
        </Form.Item>
        {certified ? <CertificateFields /> : <PinField />}
      </Form>
    </Modal>
  );
}

function PinField() {
  const t = useText();
  return (
    <Form.Item
      name="newPin"
      label={t('account.pin')}
      extra={t('account.pinRule')}
      rules={[{ required: true, min: 8, message: t('account.pinRule') }]}
    >
      <Input.Password autoComplete="new-password" maxLength={64} data-testid="sm2-pin" />
    </Form.Item>
  );
}

function CertificateFields() {
  const t = useText();
  return (
    <>
      <Form.Item name="certificate" label={t('account.certificate')} rules={[{ required: true, message: t('common.required') }]}>
        <Input.TextArea rows={6} maxLength={8000} data-testid="sm2-certificate" />
      </Form.Item>
      <FactorField kinds={['sm2']} />
    </>
  );
}

async function addNewKey({ name, newPin = '' }: Values): Promise<void> {
  const { file, signer } = await newSm2KeyFile(newPin);
  const { challenge } = await api.newChallenge();
  const signature = await signer.sign(challenge);
  await api.addSm2Key({ body: { name, publicKey: signer.publicKey, challenge, signature } });
  saveFile({ name: `qinqiao-${name}.key.json`, blob: file });
}

async function addCertificate({ name, certificate = '', keyFile, pin = '' }: Values): Promise<void> {
  if (!keyFile) throw new Error('no key file was chosen');
  const signer = await openSm2KeyFile(keyFile, pin);
  const { challenge } = await api.newChallenge();
  await api.addSm2Key({ body: { name, certificate, challenge, signature: await signer.sign(challenge) } });
}
