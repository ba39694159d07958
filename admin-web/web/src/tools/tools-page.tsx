import { CloudUploadOutlined } from '@ant-design/icons';
import type { ToolView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Space, Tag, type TableColumnsType, Typography } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { formatBytes, momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { saveFile } from '../components/save-file.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ToolForm } from './tool-form.tsx';

const KEY = ['tools'];

/** Programs, drivers and forms for office computers: everybody downloads them, who looks after tools uploads them. */
export function ToolsPage() {
  const t = useText();
  const mayEdit = useAllowed('tool.edit');
  const queries = useQueryClient();
  const [edited, setEdited] = useState<ToolView | 'new' | null>(null);
  const changed = () => queries.invalidateQueries({ queryKey: KEY });
  const columns = useMemo<TableColumnsType<ToolView>>(
    () => [
      ...factColumns(t),
      {
        title: t('common.actions'),
        key: 'actions',
        width: mayEdit ? 170 : 100,
        fixed: 'right',
        render: (_, tool) => (
          <Space size={0}>
            <Download tool={tool} />
            {mayEdit && <EditActs tool={tool} onEdit={() => setEdited(tool)} onChanged={changed} />}
          </Space>
        ),
      },
    ],
    // The acts are those of this page as long as it is open.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
    [mayEdit, t],
  );
  return (
    <PageFrame
      title={t('tools.title')}
      hint={<small className="muted">{t('tools.hint')}</small>}
      testId="tools-page"
      actions={
        mayEdit && (
          <Button type="primary" icon={<CloudUploadOutlined />} onClick={() => setEdited('new')} data-testid="tool-add">
            {t('tools.add')}
          </Button>
        )
      }
    >
      <DataTable<ToolView>
        queryKey={KEY}
        read={(cursor) => api.listTools({ query: { limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="tool-row"
        emptyText={t('tools.none')}
        minWidth={mayEdit ? 880 : 810}
      />
      {mayEdit && <ToolForm tool={edited} onClose={() => setEdited(null)} onSaved={changed} />}
    </PageFrame>
  );
}

const factColumns = (t: Translate): TableColumnsType<ToolView> => [
  {
    title: t('tools.name'),
    key: 'name',
    width: 170,
    render: (_, { name, release, enabled }) => (
      <>
        <b>{name}</b> {!enabled && <Tag color="red">{t('tools.disabled')}</Tag>}
        <br />
        <small className="muted">{release}</small>
      </>
    ),
  },
  {
    title: t('tools.description'),
    dataIndex: 'description',
    width: 200,
    render: (text: string) => <span style={{ whiteSpace: 'pre-line', overflowWrap: 'anywhere' }}>{text}</span>,
  },
  {
    title: t('tools.file'),
    key: 'file',
    width: 190,
    render: (_, { fileName, bytes, sm3 }) => (
      <>
        <span style={{ overflowWrap: 'anywhere' }}>{fileName}</span>
        <br />
        <small className="muted">
          {formatBytes(bytes)} ·{' '}
          <Typography.Text
            copyable={{ text: sm3, tooltips: [`SM3 ${sm3}`, `SM3 ${sm3}`] }}
            type="secondary"
            style={{ fontSize: 'inherit' }}
          >
            SM3 {sm3.slice(0, 8)}…
          </Typography.Text>
        </small>
      </>
    ),
  },
  {
    title: t('tools.updated'),
    key: 'updated',
    width: 150,
    render: (_, { updatedAt, officerName }) => (
      <>
        <span className="digits">{momentOf(updatedAt)}</span>
        <br />
        <small className="muted">{officerName}</small>
      </>
    ),
  },
];

function Download({ tool }: { tool: ToolView }) {
  const t = useText();
  const { busy, act } = useAct();
  const [percent, setPercent] = useState(0);
  const onProgress = (share: number) => setPercent(Math.floor(share * 100));
  const download = async () => {
    onProgress(0);
    saveFile(await api.downloadTool({ params: { id: tool.id }, onProgress }));
  };
  return (
    <Button size="small" type="link" loading={busy} onClick={() => void act(download)} data-testid="tool-download">
      {busy ? `${percent} %` : t('tools.download')}
    </Button>
  );
}

function EditActs({ tool, onEdit, onChanged }: { tool: ToolView; onEdit: () => void; onChanged: () => Promise<unknown> }) {
  const t = useText();
  const { act } = useAct();
  const remove = async () => {
    await act(() => api.deleteTool({ params: { id: tool.id } }), t('tools.removed'));
    await onChanged();
  };
  return (
    <>
      <Button size="small" type="link" onClick={onEdit} data-testid="tool-edit">
        {t('common.edit')}
      </Button>
      <Popconfirm
        title={t('tools.removeAsk', { name: tool.name })}
        description={t('tools.removeText')}
        onConfirm={() => void remove()}
        okButtonProps={{ danger: true }}
      >
        <Button size="small" type="link" danger data-testid="tool-remove">
          {t('common.remove')}
        </Button>
      </Popconfirm>
    </>
  );
}
