import { errorText } from '@qinqiao/client-sdk';
import { Button, Result } from 'antd';
import { useLanguage, useText } from '../i18n/index.ts';

/** What could not be loaded, why, and a way to try again. */
export function ErrorView({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const t = useText();
  const language = useLanguage();
  return (
    <Result
      status="warning"
      data-testid="error-view"
      title={t('common.failed')}
      subTitle={errorText(error, language)}
      extra={onRetry && <Button onClick={onRetry}>{t('common.retry')}</Button>}
    />
  );
}
