import { useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { Link } from 'react-router-dom';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

const REFRESH_MS = 3000;

/** Says that somebody stands before a camera and waits for an officer. */
export function FaceChecksWaiting() {
  const t = useText();
  const allowed = useAllowed('face.decide');
  const { data } = useQuery({
    queryKey: ['face-checks', 'count'],
    queryFn: () => api.countWaitingFaceChecks(),
    enabled: allowed,
    refetchInterval: REFRESH_MS,
  });
  if (!data || data.count === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      banner
      title={t('faceChecks.count', { count: data.count })}
      data-testid="face-checks-waiting"
      action={
        <Link to="/face-checks">
          <Button size="small" type="primary">
            {t('faceChecks.decide')}
          </Button>
        </Link>
      }
    />
  );
}
