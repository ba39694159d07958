import { errorText } from '@qinqiao/client-sdk';
import { PAIRING_CODE } from '@qinqiao/contracts';
import { type FormEvent, useState } from 'react';
import { LanguageButton } from '../components/language-button.tsx';
import { keepDeviceKey } from '../device/device-key.ts';
import { APP_VERSION } from '../device/heartbeat.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { Keypad } from './keypad.tsx';
import './login.css';

const LENGTH = 8;

/** A tablet that nobody knows: an officer enters the code that the console shows. `lost`: it was registered once. */
export function PairingScreen({ lost }: { lost: boolean }) {
  const t = useText();
  const language = useLanguage();
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const change = (next: string) => {
    setError(null);
    setCode(next.replace(/\D/g, '').slice(0, LENGTH));
  };
  const pair = async (event: FormEvent) => {
    event.preventDefault();
    if (!PAIRING_CODE.test(code) || busy) return;
    setBusy(true);
    try {
      keepDeviceKey((await api.pairTablet({ body: { code, appVersion: APP_VERSION } })).key);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="screen login" data-testid="not-registered">
      <LanguageButton />
      <section className="login-brand">
        <img src="./icon.svg" alt="" width={88} height={88} />
        <h1 className="login-title">{t(lost ? 'pairing.lostTitle' : 'pairing.title')}</h1>
        <p>{t('pairing.text')}</p>
      </section>
      <form className="card login-form" onSubmit={(event) => void pair(event)}>
        <label htmlFor="pairing-code">{t('pairing.code')}</label>
        <input
          id="pairing-code"
          value={code.replace(/(\d{4})(?=\d)/, '$1 ')}
          onChange={(event) => change(event.target.value)}
          inputMode="none"
          autoComplete="off"
          autoFocus
          placeholder="0000 0000"
          data-testid="pairing-code"
        />
        <p className="login-error" role="alert" data-testid="pairing-error">
          {error === null ? '' : errorText(error, language)}
        </p>
        <Keypad digitsOnly onKey={(key) => change(code + key)} onErase={() => change(code.slice(0, -1))} onClear={() => change('')} />
        <button type="submit" className="primary" disabled={busy || code.length < LENGTH} data-testid="pairing-submit">
          {t('pairing.submit')}
        </button>
      </form>
    </main>
  );
}
