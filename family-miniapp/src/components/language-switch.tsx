import { Text } from '@tarojs/components';
import { useTranslation } from 'react-i18next';
import { language, setLanguage } from '../i18n';
import { tellLanguage } from '../state/notice-language';

export function LanguageSwitch() {
  const { t } = useTranslation();
  const change = () => {
    setLanguage(language() === 'zh' ? 'en' : 'zh');
    void tellLanguage();
  };
  return (
    <Text className="language-switch" data-testid="language" onClick={change}>
      {t('switchLanguage')}
    </Text>
  );
}
