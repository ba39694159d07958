import { Alert, Progress } from 'antd';
import { useText } from '../i18n/index.ts';

/** How much of a file has been sent, in percent; null: none is on its way. */
export function Uploading({ percent }: { percent: number | null }) {
  const t = useText();
  if (percent === null) return null;
  const bar = <Progress percent={percent} size="small" status="active" data-testid="uploading" />;
  return <Alert type="info" showIcon title={t('common.uploading')} description={bar} style={{ marginBottom: 16 }} />;
}
