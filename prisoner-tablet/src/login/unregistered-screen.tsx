import { LanguageButton } from '../components/language-button.tsx';
import { useText } from '../i18n/index.ts';

export function UnregisteredScreen() {
  const t = useText();
  return (
    <main className="screen centred" data-testid="not-registered">
      <LanguageButton />
      <img src="./icon.svg" alt="" width={96} height={96} />
      <h1>{t('unregistered.title')}</h1>
      <p>{t('unregistered.text')}</p>
    </main>
  );
}
