import { Button, Text, View } from '@tarojs/components';
import { useTranslation } from 'react-i18next';
import { ChoiceField, TextField } from '../../components/fields';
import { Problem } from '../../components/parts';
import { Screen } from '../../components/screen';
import { proveIdentity } from '../../platform/identity';
import { api, goTo, session } from '../../state/session';
import { useForm } from '../../state/use-form';

const EMPTY = { name: '', idNumber: '', phone: '', password: '', again: '', agreed: [] as string[] };

export default function Register() {
  const { t } = useTranslation();
  const form = useForm(EMPTY);
  const { values, set, wrong } = form;
  const ready = values.name && values.idNumber && values.phone && values.password && values.again && values.agreed.length > 0;
  const differs = values.again !== '' && values.again !== values.password ? t('svc.register.differs') : undefined;

  const submit = async () => {
    const done = await form.send(async ({ name, idNumber, phone, password }) => {
      const credential = await proveIdentity({ name: name.trim(), idNumber: idNumber.trim() });
      const body = { name, idNumber, phone, password, agreed: true as const, ...(credential ? { credential } : {}) };
      session.open((await api.registerFamily({ body })).token);
    });
    if (done) goTo('home');
  };

  return (
    <Screen title={t('svc.register.title')} testId="register-page" onBack={() => goTo('login')}>
      <View className="form">
        <Text className="lead">{t('svc.register.lead')}</Text>
        <TextField
          name="name"
          label={t('svc.register.name')}
          value={values.name}
          onChange={(text) => set('name', text)}
          wrong={wrong('name')}
        />
        <TextField
          name="idNumber"
          label={t('svc.register.idNumber')}
          type="idcard"
          most={18}
          value={values.idNumber}
          onChange={(text) => set('idNumber', text)}
          wrong={wrong('idNumber')}
        />
        <TextField
          name="phone"
          label={t('phone')}
          type="number"
          most={20}
          value={values.phone}
          onChange={(text) => set('phone', text)}
          wrong={wrong('phone')}
          hint={t('svc.register.phoneHint')}
        />
        <TextField
          name="password"
          label={t('svc.register.password')}
          password
          most={128}
          value={values.password}
          onChange={(text) => set('password', text)}
          wrong={wrong('password')}
          hint={t('svc.register.passwordHint')}
        />
        <TextField
          name="again"
          label={t('svc.register.again')}
          password
          most={128}
          value={values.again}
          onChange={(text) => set('again', text)}
          wrong={differs}
        />
        <ChoiceField
          name="agreed"
          label={t('svc.register.agreement')}
          several
          options={[{ value: 'yes', label: t('svc.register.agree') }]}
          value={values.agreed}
          onChange={(chosen) => set('agreed', chosen)}
        />
        <Problem error={form.problem} />
        <Button
          className="primary"
          disabled={form.busy || !ready || differs !== undefined}
          data-testid="register-submit"
          onClick={() => void submit()}
        >
          {form.busy ? t('svc.sending') : t('svc.register.submit')}
        </Button>
      </View>
    </Screen>
  );
}
