import { errorText } from '@qinqiao/client-sdk';
import { type FormEvent, useState } from 'react';
import { useLanguage, useText } from '../i18n/index.ts';
import type { OfficerLogin } from './officer.ts';

/** The officer's account and password, then the one-time code when he has a second factor. */
export function OfficerForm({ login }: { login: OfficerLogin }) {
  const t = useText();
  const language = useLanguage();
  const [account, setAccount] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const second = login.second !== null;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await (second ? login.confirm(code.trim()) : login.logIn(account.trim(), password));
    } catch (problem) {
      setError(problem);
      setBusy(false);
      return;
    }
    setBusy(false);
  };
  const ready = second ? /^\d{6}$/.test(code.trim()) : account.trim() !== '' && password !== '';
  return (
    <form className="card officer-form" onSubmit={(event) => void send(event)} autoComplete="off">
      <h2>{t('booking.officer')}</h2>
      {second ? (
        <label>
          {t('booking.code')}
          <input
            value={code}
            onChange={(event) => setCode(event.target.value)}
            inputMode="numeric"
            maxLength={6}
            autoComplete="off"
            autoFocus
            data-testid="officer-code"
          />
        </label>
      ) : (
        <>
          <label>
            {t('booking.account')}
            <input
              value={account}
              onChange={(event) => setAccount(event.target.value)}
              maxLength={64}
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              autoFocus
              data-testid="officer-account"
            />
          </label>
          <label>
            {t('booking.password')}
            <input
              type="password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
              maxLength={128}
              autoComplete="off"
              data-testid="officer-password"
            />
          </label>
        </>
      )}
      <p className="login-error" role="alert" data-testid="officer-error">
        {error === null ? '' : errorText(error, language)}
      </p>
      <button type="submit" className="primary" disabled={!ready || busy} data-testid="officer-submit">
        {t('login.submit')}
      </button>
      <small>{t('booking.idle')}</small>
    </form>
  );
}
