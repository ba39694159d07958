import { Text } from '@tarojs/components';
import { useTranslation } from 'react-i18next';
import { language, setLanguage } from '../i18n';

export function LanguageSwitch() {
  const { t } = useTranslation();
  return (
    <Text className="language-switch" data-testid="language" onClick={() => setLanguage(language() === 'zh' ? 'en' : 'zh')}>
      {t('switchLanguage')}
    </Text>
  );
}
