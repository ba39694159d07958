import { changeLanguage, useLanguage, useText } from '../i18n/index.ts';

export function LanguageButton() {
  const t = useText();
  const language = useLanguage();
  return (
    <button
      type="button"
      className="language-button"
      data-testid="language"
      onClick={() => void changeLanguage(language === 'zh' ? 'en' : 'zh')}
    >
      {t('language')}
    </button>
  );
}
