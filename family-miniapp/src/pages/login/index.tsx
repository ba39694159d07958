import { asQinqiaoError, errorText } from '@qinqiao/client-sdk';
import { Button, Form, Input, Text, View } from '@tarojs/components';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { aria } from '../../components/aria';
import { LanguageSwitch } from '../../components/language-switch';
import { language } from '../../i18n';
import { setLarge, useLarge } from '../../state/display';
import { api, goTo, openPage, session } from '../../state/session';
import './index.scss';

export default function Login() {
  const { t } = useTranslation();
  const large = useLarge();
  const [phone, setPhone] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const submit = async () => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      const opened = await api.loginFamily({ body: { phone: phone.trim(), password } });
      session.open(opened.token);
      goTo('home');
    } catch (error) {
      setProblem(asQinqiaoError(error));
      setBusy(false);
    }
  };

  return (
    <View className={large ? 'login large' : 'login'}>
      <View className="login-tools">
        <Button
          className="screen-tool"
          {...aria({ label: t(large ? 'svc.smaller' : 'svc.larger') })}
          data-testid="large"
          onClick={() => setLarge(!large)}
        >
          {large ? 'A-' : 'A+'}
        </Button>
        <LanguageSwitch />
      </View>
      <View className="login-head">
        <View className="login-mark">亲</View>
        <Text className="login-title">{t('app')}</Text>
        <Text className="login-slogan">{t('slogan')}</Text>
      </View>
      <Form className="login-form" onSubmit={() => void submit()}>
        <Text className="field-label">{t('phone')}</Text>
        <Input
          className="field"
          type="text"
          maxlength={32}
          placeholder={t('phoneHint')}
          value={phone}
          {...aria({ label: t('phone') })}
          data-testid="login-phone"
          onInput={(event) => setPhone(event.detail.value)}
        />
        <Text className="field-label">{t('password')}</Text>
        <Input
          className="field"
          password
          maxlength={128}
          placeholder={t('passwordHint')}
          value={password}
          {...aria({ label: t('password') })}
          data-testid="login-password"
          onInput={(event) => setPassword(event.detail.value)}
          onConfirm={() => void submit()}
        />
        {problem ? (
          <View className="problem" data-testid="login-problem">
            {errorText(problem, language())}
          </View>
        ) : null}
        <Button className="primary" disabled={busy || !phone || !password} data-testid="login-submit" onClick={() => void submit()}>
          {busy ? t('loggingIn') : t('login')}
        </Button>
        <Button className="quiet login-register" data-testid="go-register" onClick={() => openPage('register')}>
          {t('svc.register.open')}
        </Button>
      </Form>
    </View>
  );
}
