import { Segmented } from 'antd';
import { changeLanguage, useLanguage, useText } from '../i18n/index.ts';

const OPTIONS = [
  { label: '中文', value: 'zh' as const },
  { label: 'EN', value: 'en' as const },
];

export function LanguageSwitch() {
  const t = useText();
  return (
    <Segmented
      size="small"
      aria-label={t('nav.language')}
      data-testid="language"
      options={OPTIONS}
      value={useLanguage()}
      onChange={(language) => void changeLanguage(language)}
    />
  );
}
