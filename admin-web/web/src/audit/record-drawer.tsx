import { useQuery } from '@tanstack/react-query';
import { Descriptions, Drawer, Spin, Table, type TableColumnsType } from 'antd';
import type { AuditRecordDetail } from '@qinqiao/contracts';
import { ErrorView } from '../components/error-view.tsx';
import { momentOf } from '../components/format.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { actionName, subjectName } from './action-name.ts';
import { type Change, changesOf } from './changes.ts';

/** One record with all that was kept; of changes, before beside after. */
export function RecordDrawer({ seq, onClose }: { seq: number | null; onClose: () => void }) {
  const t = useText();
  const record = useQuery({
    queryKey: ['audit', 'record', seq],
    queryFn: () => api.getAudit({ params: { seq: seq ?? 0 } }),
    enabled: seq !== null,
  });
  return (
    <Drawer open={seq !== null} onClose={onClose} size={720} title={t('audit.recordTitle', { seq: seq ?? '' })} data-testid="audit-record">
      {record.isError ? <ErrorView error={record.error} /> : record.data ? <Content record={record.data} /> : <Spin />}
    </Drawer>
  );
}

function Content({ record }: { record: AuditRecordDetail }) {
  const t = useText();
  const language = useLanguage();
  const hash = (text: string) => <span className="audit-hash">{text}</span>;
  const items = [
    [t('audit.at'), momentOf(record.at)],
    [t('audit.action'), `${actionName(record.action, language)} (${record.action})`],
    [t('audit.actor'), `${record.actorName} (${t(`audit.roles.${record.actorRole as 'officer'}`)})`],
    [t('audit.actorId'), record.actorId],
    [t('audit.subject'), `${subjectName(record.subjectKind, language)} ${record.subjectId}`],
    [t('audit.address'), record.address ?? t('common.none')],
    [t('audit.request'), record.requestId ?? t('common.none')],
    [t('audit.hash'), hash(record.hash)],
    [t('audit.previousHash'), hash(record.previousHash)],
  ].map(([label, children], key) => ({ key, label, children }));
  return (
    <>
      <Descriptions bordered size="small" column={1} items={items} />
      <Detail detail={record.detail} />
    </>
  );
}

function Detail({ detail }: { detail: Record<string, unknown> }) {
  const t = useText();
  const changes = changesOf(detail);
  const value = (text: string) => <span className="audit-value">{text}</span>;
  const sides: TableColumnsType<Change> = changes.some(({ before }) => before !== null)
    ? [
        { title: t('audit.before'), dataIndex: 'before', render: value },
        { title: t('audit.after'), dataIndex: 'after', render: value },
      ]
    : [{ title: t('audit.detail'), dataIndex: 'after', render: value }];
  if (changes.length === 0) return null;
  return (
    <Table<Change>
      style={{ marginTop: 16 }}
      size="small"
      bordered
      pagination={false}
      rowKey="field"
      dataSource={changes}
      columns={[{ title: t('audit.field'), dataIndex: 'field', width: 160 }, ...sides]}
      data-testid="audit-detail"
    />
  );
}
