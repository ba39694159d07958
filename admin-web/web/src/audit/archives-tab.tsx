import { InboxOutlined } from '@ant-design/icons';
import type { AuditArchive } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm, type TableColumnsType } from 'antd';
import { useMemo } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

/** Records beyond the retention, in sealed and signed files. */
export function ArchivesTab({ months }: { months: number }) {
  const t = useText();
  const { message } = App.useApp();
  const allowed = useAllowed('audit.retention');
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const archive = () =>
    act(async () => {
      const { archived } = await api.archiveAudit();
      message.success(archived ? t('audit.archived', { records: archived.records }) : t('audit.nothingToArchive'));
      await queries.invalidateQueries({ queryKey: ['audit'] });
    });
  const columns = useMemo<TableColumnsType<AuditArchive>>(
    () => [
      { title: t('audit.archiveFile'), dataIndex: 'file', width: 260 },
      { title: t('audit.archiveRange'), key: 'range', width: 180, render: (_, { from, to }) => `#${from} – #${to}` },
      { title: t('audit.archiveRecords'), dataIndex: 'records', width: 110 },
      { title: t('audit.at'), dataIndex: 'at', width: 180, render: momentOf },
      { title: t('audit.hash'), dataIndex: 'sm3', render: (sm3: string) => <span className="audit-hash">{sm3}</span> },
    ],
    [t],
  );
  return (
    <>
      {allowed && (
        <div className="panel audit-verify">
          <Popconfirm title={t('audit.archiveAsk', { months })} description={t('audit.archiveText')} onConfirm={() => void archive()}>
            <Button icon={<InboxOutlined />} loading={busy}>
              {t('audit.archiveNow')}
            </Button>
          </Popconfirm>
          <span>{t('audit.archiveText')}</span>
        </div>
      )}
      <DataTable<AuditArchive>
        queryKey={['audit', 'archives']}
        read={() => api.listAuditArchives()}
        columns={columns}
        rowKey="file"
        emptyText={t('audit.noArchives')}
      />
    </>
  );
}
