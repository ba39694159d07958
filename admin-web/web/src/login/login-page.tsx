import { errorText } from '@qinqiao/client-sdk';
import type { RestInput, SecondFactorNeeded, SessionView } from '@qinqiao/contracts';
import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { Navigate, useLocation } from 'react-router-dom';
import { LanguageSwitch } from '../components/language-switch.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { api, queryClient } from '../session/api.ts';
import { FactorField, type FactorValues, proofOf } from '../session/factor-field.tsx';
import { problemText } from '../session/problem-text.ts';
import { session, useSession } from '../session/session.ts';
import './login.css';

type Credentials = RestInput<'loginOfficer'>['body'];

export function LoginPage() {
  const t = useText();
  const location = useLocation();
  const from: unknown = location.state;
  if (useSession()) return <Navigate to={typeof from === 'string' ? from : '/'} replace />;
  return (
    <main className="login">
      <header className="login-brand">
        <img src="./icon.svg" alt="" width={56} height={56} />
        <h1>{t('product')}</h1>
        <p>{t('tagline')}</p>
      </header>
      <section className="login-card">
        <div className="login-head">
          <h2>{t('login.title')}</h2>
          <LanguageSwitch />
        </div>
        <LogIn />
        <p className="login-notice">{t('login.notice')}</p>
      </section>
    </main>
  );
}

type Second = SecondFactorNeeded['secondFactor'];

function LogIn() {
  const [second, setSecond] = useState<Second | null>(null);
  return second ? <SecondStep second={second} onBack={() => setSecond(null)} /> : <LoginForm onSecond={setSecond} />;
}

function open(opened: SessionView): void {
  queryClient.clear();
  session.open(opened);
}

/** The second factor: a code, or the challenge signed with the officer's key. */
function SecondStep({ second, onBack }: { second: Second; onBack: () => void }) {
  const t = useText();
  const language = useLanguage();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const logIn = async (values: FactorValues) => {
    setBusy(true);
    setError(null);
    try {
      const proof = await proofOf(values, () => Promise.resolve(second.challenge));
      open(await api.loginSecondFactor({ body: { ticket: second.ticket, proof } }));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Form<FactorValues> layout="vertical" size="large" onFinish={(values) => void logIn(values)} disabled={busy} requiredMark={false}>
      {error === null ? (
        <Alert type="info" showIcon title={t('account.secondText')} className="login-alert" />
      ) : (
        <Alert type="error" showIcon title={problemText(error, language, t)} className="login-alert" data-testid="login-error" />
      )}
      <FactorField kinds={second.kinds} />
      <Button type="primary" htmlType="submit" block loading={busy} data-testid="login-submit">
        {t('login.submit')}
      </Button>
      <Button type="link" block onClick={onBack}>
        {t('common.back')}
      </Button>
    </Form>
  );
}

function LoginForm({ onSecond }: { onSecond: (second: Second) => void }) {
  const t = useText();
  const language = useLanguage();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const logIn = async (body: Credentials) => {
    setBusy(true);
    setError(null);
    try {
      const answer = await api.loginOfficer({ body });
      if ('secondFactor' in answer) onSecond(answer.secondFactor);
      else open(answer);
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  const expired = session.hasExpired() && !error;
  return (
    <Form<Credentials> layout="vertical" size="large" onFinish={(values) => void logIn(values)} disabled={busy} requiredMark={false}>
      {expired && <Alert type="info" showIcon title={t('login.expired')} className="login-alert" />}
      {error !== null && (
        <Alert type="error" showIcon title={errorText(error, language)} className="login-alert" data-testid="login-error" />
      )}
      <Form.Item
        name="account"
        label={t('login.account')}
        rules={[{ required: true, whitespace: true, message: t('login.accountRequired') }]}
      >
        <Input autoFocus autoComplete="username" maxLength={64} data-testid="login-account" />
      </Form.Item>
      <Form.Item name="password" label={t('login.password')} rules={[{ required: true, message: t('login.passwordRequired') }]}>
        <Input.Password autoComplete="current-password" maxLength={128} data-testid="login-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" block loading={busy} data-testid="login-submit">
        {t('login.submit')}
      </Button>
    </Form>
  );
}
