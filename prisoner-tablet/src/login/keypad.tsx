import { useState } from 'react';
import { useText } from '../i18n/index.ts';

const DIGITS = '123456789'.split('');
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'.split('');

interface KeypadProps {
  onKey: (key: string) => void;
  onErase: () => void;
  onClear: () => void;
  digitsOnly?: boolean;
}

/** Large keys for digits, and for letters on a second sheet. */
export function Keypad({ onKey, onErase, onClear, digitsOnly = false }: KeypadProps) {
  const t = useText();
  const [letters, setLetters] = useState(false);
  const key = (text: string) => (
    <button type="button" key={text} className="key" onClick={() => onKey(text)} data-testid={`key-${text}`}>
      {text}
    </button>
  );
  const erase = (
    <button type="button" className="key key-word" onClick={onErase} aria-label={t('login.erase')} data-testid="key-erase">
      ⌫
    </button>
  );
  const sheet = (
    <button type="button" className="key key-word" onClick={() => setLetters(!letters)} data-testid="key-sheet">
      {t(letters ? 'login.digits' : 'login.letters')}
    </button>
  );
  const clear = (
    <button type="button" className={digitsOnly ? 'key key-word' : 'key key-word key-clear'} onClick={onClear} data-testid="key-clear">
      {t('login.clear')}
    </button>
  );
  if (letters) {
    return (
      <div className="keypad keypad-letters">
        {LETTERS.map(key)}
        {erase}
        {sheet}
      </div>
    );
  }
  return (
    <div className="keypad">
      {DIGITS.map(key)}
      {digitsOnly ? clear : sheet}
      {key('0')}
      {erase}
      {!digitsOnly && clear}
    </div>
  );
}
