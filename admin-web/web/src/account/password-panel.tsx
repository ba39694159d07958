import type { RestInput } from '@qinqiao/contracts';
import { Button, Form, Input } from 'antd';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

type Values = RestInput<'changePassword'>['body'] & { repeat: string };
const KINDS = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/];
const isStrong = (text: string) => text.length >= 10 && KINDS.filter((kind) => kind.test(text)).length >= 3;

export function PasswordPanel({ onDone }: { onDone: () => void }) {
  const t = useText();
  const [form] = Form.useForm<Values>();
  const { busy, act } = useAct();
  const save = async ({ old, new: wanted }: Values) => {
    if (!(await act(() => api.changePassword({ body: { old, new: wanted } }), t('account.passwordChanged')))) return;
    form.resetFields();
    onDone();
  };
  return (
    <section className="panel account-panel">
      <h2>{t('account.password')}</h2>
      <Form<Values> form={form} layout="vertical" className="account-form" onFinish={(values) => void save(values)} requiredMark={false}>
        <Form.Item name="old" label={t('account.oldPassword')} rules={[{ required: true, message: t('common.required') }]}>
          <Input.Password autoComplete="current-password" maxLength={128} data-testid="password-old" />
        </Form.Item>
        <Form.Item
          name="new"
          label={t('account.newPassword')}
          extra={t('account.passwordRule')}
          rules={[
            {
              required: true,
              validator: (_, text: string) =>
                isStrong(text ?? '') ? Promise.resolve() : Promise.reject(new Error(t('account.passwordRule'))),
            },
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={128} data-testid="password-new" />
        </Form.Item>
        <Form.Item
          name="repeat"
          label={t('account.repeatPassword')}
          dependencies={['new']}
          rules={[
            { required: true, message: t('common.required') },
            ({ getFieldValue }) => ({
              validator: (_, text: string) =>
                text === getFieldValue('new') ? Promise.resolve() : Promise.reject(new Error(t('account.passwordDiffers'))),
            }),
          ]}
        >
          <Input.Password autoComplete="new-password" maxLength={128} data-testid="password-repeat" />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy} data-testid="password-save">
          {t('account.changePassword')}
        </Button>
      </Form>
    </section>
  );
}
