import { useCallback, useState } from 'react';
import { fieldWords } from './words';

export interface Form<Values> {
  values: Values;
  set: <Name extends keyof Values>(name: Name, value: Values[Name]) => void;
  /** Of one field, in the user's language. */
  wrong: (name: string) => string | undefined;
  problem: unknown;
  busy: boolean;
  /** Sends; what it throws is shown at its fields and what was typed stays. Answers whether it worked. */
  send: (run: (values: Values) => Promise<unknown>) => Promise<boolean>;
}

export function useForm<Values extends object>(initial: Values): Form<Values> {
  const [values, setValues] = useState(initial);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const set: Form<Values>['set'] = useCallback((name, value) => setValues((before) => ({ ...before, [name]: value })), []);
  const send: Form<Values>['send'] = async (run) => {
    if (busy) return false;
    setBusy(true);
    setProblem(null);
    try {
      await run(values);
      return true;
    } catch (error) {
      setProblem(error);
      return false;
    } finally {
      setBusy(false);
    }
  };
  const texts = fieldWords(problem);
  return { values, set, wrong: (name) => texts[name], problem, busy, send };
}
