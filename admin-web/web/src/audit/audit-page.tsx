import { SafetyCertificateOutlined, WarningOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Tabs, Tag, Tooltip } from 'antd';
import { PageFrame } from '../components/page-frame.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ArchivesTab } from './archives-tab.tsx';
import { RecordsTab } from './records-tab.tsx';
import { VerifyTab } from './verify-tab.tsx';

/** The audit trail: for the audit administrator. */
export function AuditPage() {
  const t = useText();
  const { data: status } = useQuery({ queryKey: ['audit', 'status'], queryFn: () => api.auditStatus(), refetchOnWindowFocus: false });
  const hint = status && (
    <>
      <Tag>{t('audit.count', { count: status.records.toLocaleString() })}</Tag>
      <Tag>{t('audit.retention', { months: status.retentionMonths })}</Tag>
      {status.protected ? (
        <Tag color="green" icon={<SafetyCertificateOutlined />}>
          {t('audit.protected')}
        </Tag>
      ) : (
        <Tooltip title={t('audit.unprotectedHint')}>
          <Tag color="orange" icon={<WarningOutlined />} data-testid="audit-unprotected">
            {t('audit.unprotected')}
          </Tag>
        </Tooltip>
      )}
    </>
  );
  return (
    <PageFrame title={t('audit.title')} hint={hint} testId="audit-page">
      <Tabs
        destroyOnHidden
        items={[
          { key: 'records', label: t('audit.records'), children: <RecordsTab /> },
          { key: 'verification', label: t('audit.verification'), children: <VerifyTab /> },
          { key: 'archives', label: t('audit.archives'), children: <ArchivesTab months={status?.retentionMonths ?? 6} /> },
        ]}
      />
    </PageFrame>
  );
}
