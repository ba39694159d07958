import { DownloadOutlined } from '@ant-design/icons';
import type { AuditRecord } from '@qinqiao/contracts';
import { Alert, Button, Popconfirm, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { saveFile } from '../components/save-file.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { actionName, subjectName } from './action-name.ts';
import './audit.css';
import { AuditFilters, type AuditQuery } from './audit-filters.tsx';
import { RecordDrawer } from './record-drawer.tsx';

/** Searching the trail, looking at records, exporting them. */
export function RecordsTab() {
  const t = useText();
  const [query, setQuery] = useState<AuditQuery>({});
  const [asked, setAsked] = useState(0);
  const [open, setOpen] = useState<number | null>(null);
  const [searchedTo, setSearchedTo] = useState<string | null>(null);
  const columns = useColumns(setOpen);
  const search = (wanted: AuditQuery) => {
    setQuery(wanted);
    setAsked((count) => count + 1);
  };
  const read = async (cursor: string | undefined) => {
    const page = await api.searchAudit({ query: { ...query, limit: 50, cursor } });
    setSearchedTo(page.searchedTo);
    return page;
  };
  return (
    <>
      <AuditFilters onSearch={search} />
      <div className="audit-bar">
        {searchedTo ? <Alert type="info" showIcon title={t('audit.searchedTo', { at: momentOf(searchedTo) })} /> : <span />}
        <ExportButton query={query} />
      </div>
      <DataTable<AuditRecord>
        queryKey={['audit', 'records', query, asked]}
        read={read}
        columns={columns}
        rowKey="seq"
        rowTestId="audit-row"
        onOpen={({ seq }) => setOpen(seq)}
        emptyText={t('audit.empty')}
        minWidth={1180}
      />
      <RecordDrawer seq={open} onClose={() => setOpen(null)} />
    </>
  );
}

function useColumns(onOpen: (seq: number) => void): TableColumnsType<AuditRecord> {
  const t = useText();
  const language = useLanguage();
  return useMemo(
    () => [
      { title: t('audit.seq'), dataIndex: 'seq', width: 90 },
      { title: t('audit.at'), dataIndex: 'at', width: 170, render: momentOf },
      {
        title: t('audit.actor'),
        key: 'actor',
        width: 170,
        render: (_, row) => `${row.actorName} (${t(`audit.roles.${row.actorRole as 'officer'}`)})`,
      },
      { title: t('audit.action'), dataIndex: 'action', width: 210, render: (action: string) => actionName(action, language) },
      {
        title: t('audit.subject'),
        key: 'subject',
        width: 300,
        ellipsis: true,
        render: (_, row) => `${subjectName(row.subjectKind, language)} ${row.subjectId}`,
      },
      { title: t('audit.address'), dataIndex: 'address', width: 130, render: (address: string | null) => address ?? t('common.none') },
      {
        title: t('common.actions'),
        key: 'actions',
        width: 90,
        fixed: 'right',
        render: (_, { seq }) => (
          <Button size="small" type="link" onClick={() => onOpen(seq)} data-testid="audit-open">
            {t('audit.open')}
          </Button>
        ),
      },
    ],
    [language, onOpen, t],
  );
}

function ExportButton({ query }: { query: AuditQuery }) {
  const t = useText();
  const allowed = useAllowed('audit.export');
  const { busy, act } = useAct();
  if (!allowed) return null;
  const save = () => act(async () => saveFile(await api.exportAudit({ query })), t('common.done'));
  return (
    <Popconfirm
      title={t('audit.exportTitle')}
      description={t('audit.exportText')}
      okText={t('common.export')}
      onConfirm={() => void save()}
    >
      <Button icon={<DownloadOutlined />} loading={busy} data-testid="audit-export">
        {t('common.export')}
      </Button>
    </Popconfirm>
  );
}
