import { errorText } from '@qinqiao/client-sdk';
import type { TabletView } from '@qinqiao/contracts';
import { type FormEvent, useState } from 'react';
import { LanguageButton } from '../components/language-button.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { tablet as session } from '../session/session.ts';
import { Keypad } from './keypad.tsx';
import './login.css';

const LONGEST = 32;

/** `tablet`: what the server says of this one; null while it has not answered. */
export function LoginScreen({ deviceKey, tablet }: { deviceKey: string; tablet: TabletView | null }) {
  const t = useText();
  const language = useLanguage();
  const [number, setNumber] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const change = (next: string) => {
    setError(null);
    setNumber(next.toUpperCase().slice(0, LONGEST));
  };
  const logIn = async (event: FormEvent) => {
    event.preventDefault();
    if (number.trim() === '' || busy) return;
    setBusy(true);
    try {
      session.logIn(await api.loginInmate({ body: { number: number.trim(), deviceKey } }));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <main className="screen login">
      <LanguageButton />
      <section className="login-brand">
        <img src="./icon.svg" alt="" width={88} height={88} />
        <h1>{t('product')}</h1>
        <p>{t('login.hint')}</p>
        {tablet && <p className="login-room" data-testid="tablet-room">{`${tablet.prisonName} · ${tablet.roomName}`}</p>}
        {tablet?.state === 'broken' && <p className="login-broken">{t('login.broken', { reason: tablet.reason })}</p>}
      </section>
      <form className="card login-form" onSubmit={(event) => void logIn(event)}>
        <label htmlFor="inmate-number">{t('login.title')}</label>
        <input
          id="inmate-number"
          value={number}
          onChange={(event) => change(event.target.value)}
          inputMode="none"
          autoComplete="off"
          autoFocus
          spellCheck={false}
          placeholder={t('login.number')}
          data-testid="inmate-number"
        />
        <p className="login-error" role="alert" data-testid="login-error">
          {error === null ? '' : errorText(error, language)}
        </p>
        <Keypad onKey={(key) => change(number + key)} onErase={() => change(number.slice(0, -1))} onClear={() => change('')} />
        <button type="submit" className="primary" disabled={busy || number.trim() === ''} data-testid="login-submit">
          {t('login.submit')}
        </button>
      </form>
    </main>
  );
}
