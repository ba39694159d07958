import { KeyOutlined } from '@ant-design/icons';
import type { FactorKind, FactorProof } from '@qinqiao/contracts';
import { Button, Form, Input, Segmented, Upload } from 'antd';
import { useText } from '../i18n/index.ts';
import { openSm2KeyFile } from './sm2-key-file.ts';

export interface FactorValues {
  kind?: FactorKind;
  code?: string;
  keyFile?: Blob;
  pin?: string;
}

/** The second factor in a form: a code, or a key file with its PIN. */
export function FactorField({ kinds }: { kinds: readonly FactorKind[] }) {
  const t = useText();
  const chosen = Form.useWatch<FactorKind | undefined>('kind') ?? kinds[0];
  return (
    <>
      {kinds.length > 1 && (
        <Form.Item name="kind" initialValue={kinds[0]}>
          <Segmented block options={kinds.map((kind) => ({ value: kind, label: t(`account.kind.${kind}`) }))} data-testid="factor-kind" />
        </Form.Item>
      )}
      {chosen === 'totp' ? <CodeField /> : <KeyFileField />}
    </>
  );
}

function CodeField() {
  const t = useText();
  return (
    <Form.Item name="code" label={t('account.code')} rules={[{ required: true, pattern: /^\d{6}$/, message: t('account.codeWrong') }]}>
      <Input autoFocus inputMode="numeric" autoComplete="one-time-code" maxLength={6} data-testid="factor-code" />
    </Form.Item>
  );
}

function KeyFileField() {
  const t = useText();
  return (
    <>
      <Form.Item name="keyFile" label={t('account.keyFile')} rules={[{ required: true, message: t('account.keyFileRequired') }]}>
        <FileInput />
      </Form.Item>
      <Form.Item name="pin" label={t('account.pin')} rules={[{ required: true, message: t('common.required') }]}>
        <Input.Password autoComplete="off" maxLength={64} data-testid="factor-pin" />
      </Form.Item>
    </>
  );
}

/** A file as a form's value: it stays on this computer. */
function FileInput({ value, onChange }: { value?: File; onChange?: (file: File) => void }) {
  const t = useText();
  const take = (file: File) => {
    onChange?.(file);
    return false;
  };
  return (
    <Upload accept=".json,application/json" showUploadList={false} beforeUpload={take}>
      <Button icon={<KeyOutlined />} className="factor-file" data-testid="factor-file">
        {value?.name ?? t('account.chooseKeyFile')}
      </Button>
    </Upload>
  );
}

/** The proof that a filled-in form stands for. `challenge` is asked for only when something is to be signed. */
export async function proofOf(values: FactorValues, challenge: () => Promise<string>): Promise<FactorProof> {
  if (values.code) return { code: values.code };
  if (!values.keyFile) throw new Error('no second factor was filled in');
  const signer = await openSm2KeyFile(values.keyFile, values.pin ?? '');
  return { signature: await signer.sign(await challenge()) };
}
