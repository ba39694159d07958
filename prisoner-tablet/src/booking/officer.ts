import { type Api, createApi } from '@qinqiao/client-sdk';
import { QinqiaoError, type SecondFactorNeeded, type SessionView } from '@qinqiao/contracts';
import { useEffect, useState } from 'react';
import { watchedFetch } from '../network/line.ts';

/** Well within the two minutes after which the server ends the session. */
const ALIVE_MS = 30_000;

export interface Officer {
  name: string;
  /** Asks as the officer. */
  api: Api;
}

/** An officer's log-in for one booking, kept nowhere but in this page's memory. */
class OfficerSession {
  #token: string | null = null;
  #onOver: () => void = () => undefined;
  readonly api = createApi({ getToken: () => this.#token, onUnauthorised: () => this.#onOver(), fetch: watchedFetch });

  /** Whom to tell when the server no longer knows the session. */
  whenOver(listener: () => void): void {
    this.#onOver = listener;
  }

  open({ token }: SessionView): void {
    this.#token = token;
  }

  close(): void {
    if (this.#token !== null) void this.api.logout().catch(() => {});
    this.#token = null;
  }
}

export interface OfficerLogin {
  officer: Officer | null;
  /** The second step that the log-in waits for. */
  second: SecondFactorNeeded['secondFactor'] | null;
  logIn: (account: string, password: string) => Promise<void>;
  confirm: (code: string) => Promise<void>;
}

/** While the officer works on the screen the server hears of it, also when nothing else is asked. */
function useKeptAlive(officer: Officer | null): void {
  useEffect(() => {
    if (!officer) return undefined;
    let touched = false;
    const note = () => {
      touched = true;
    };
    const timer = setInterval(() => {
      if (touched) void officer.api.me().catch(() => {});
      touched = false;
    }, ALIVE_MS);
    window.addEventListener('pointerdown', note);
    return () => {
      clearInterval(timer);
      window.removeEventListener('pointerdown', note);
    };
  }, [officer]);
}

/** The officer's log-in; it ends when the screen goes, and on the server by itself after two minutes without use. */
export function useOfficerLogin(deviceKey: string, onOver: () => void): OfficerLogin {
  const [session] = useState(() => new OfficerSession());
  const [officer, setOfficer] = useState<Officer | null>(null);
  const [second, setSecond] = useState<OfficerLogin['second']>(null);
  useEffect(() => {
    session.whenOver(onOver);
  }, [session, onOver]);
  useEffect(() => () => session.close(), [session]);
  useKeptAlive(officer);
  const open = (opened: SessionView) => {
    session.open(opened);
    setOfficer({ name: opened.name, api: session.api });
  };
  const logIn = async (account: string, password: string) => {
    const answer = await session.api.loginOfficerOnTablet({ body: { deviceKey, account, password } });
    if ('token' in answer) return open(answer);
    // A certificate's key cannot be read by a tablet.
    if (!answer.secondFactor.kinds.includes('totp')) throw new QinqiaoError('factor_missing');
    setSecond(answer.secondFactor);
  };
  const confirm = async (code: string) =>
    open(await session.api.loginSecondOnTablet({ body: { deviceKey, ticket: second?.ticket ?? '', proof: { code } } }));
  return { officer, second, logIn, confirm };
}
