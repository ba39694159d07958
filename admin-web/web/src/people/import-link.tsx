import { UploadOutlined } from '@ant-design/icons';
import type { Permission } from '@qinqiao/contracts';
import { Button } from 'antd';
import { useNavigate } from 'react-router-dom';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';

/** Leads to the imports, with this kind chosen. */
export function ImportLink({ kind, permission }: { kind: string; permission: Permission }) {
  const t = useText();
  const go = useNavigate();
  if (!useAllowed(permission)) return null;
  return (
    <Button icon={<UploadOutlined />} onClick={() => void go(`/transfers?import=${kind}`)} data-testid="import">
      {t('people.import')}
    </Button>
  );
}
