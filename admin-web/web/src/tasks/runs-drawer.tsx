import type { ScheduledTask, TaskRun } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Drawer, Modal, Popconfirm, Space, Spin, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { saveFile } from '../components/save-file.ts';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { isOpen, RunState } from './run-state.tsx';

/** What a task did: its runs, each with its log. */
export function RunsDrawer({ task, onClose }: { task: ScheduledTask | null; onClose: () => void }) {
  const t = useText();
  const [log, setLog] = useState<string | null>(null);
  const columns = useColumns(setLog);
  return (
    <Drawer
      open={task !== null}
      onClose={onClose}
      size={960}
      title={`${t('tasks.runs')} · ${task?.name ?? ''}`}
      destroyOnHidden
      data-testid="task-runs-drawer"
    >
      {task && (
        <DataTable<TaskRun>
          queryKey={['task-runs', task.id]}
          read={(cursor) => api.listTaskRuns({ params: { id: task.id }, query: { limit: 20, cursor } })}
          columns={columns}
          rowKey="id"
          emptyText={t('tasks.noRuns')}
          refetchInterval={2000}
        />
      )}
      <LogModal runId={log} onClose={() => setLog(null)} />
    </Drawer>
  );
}

function useColumns(onLog: (runId: string) => void): TableColumnsType<TaskRun> {
  const t = useText();
  return useMemo(
    () => [
      { title: t('tasks.due'), dataIndex: 'dueAt', width: 170, render: momentOf },
      { title: t('tasks.ended'), dataIndex: 'endedAt', width: 170, render: (at: string | null) => (at ? momentOf(at) : t('common.none')) },
      { title: t('tasks.cause'), key: 'cause', width: 140, render: (_, run) => `${t(`tasks.causes.${run.cause}`)} · ${run.askedBy}` },
      { title: t('tasks.state'), key: 'state', width: 110, render: (_, run) => <RunState run={run} /> },
      { title: t('tasks.result'), dataIndex: 'result', width: 220, ellipsis: true },
      {
        title: t('common.actions'),
        key: 'actions',
        width: 130,
        fixed: 'right',
        render: (_, run) => <RunActions run={run} onLog={onLog} />,
      },
    ],
    [onLog, t],
  );
}

function RunActions({ run, onLog }: { run: TaskRun; onLog: (runId: string) => void }) {
  const t = useText();
  const { act } = useAct();
  const queries = useQueryClient();
  const mayEdit = useAllowed('task.edit');
  const cancel = async () => {
    await act(() => api.cancelTaskRun({ params: { id: run.id } }), t('tasks.cancelled'));
    await queries.invalidateQueries({ queryKey: ['task-runs', run.taskId] });
  };
  return (
    <Space size={0}>
      <Button size="small" type="link" onClick={() => onLog(run.id)} data-testid="task-log">
        {t('tasks.log')}
      </Button>
      {mayEdit && isOpen(run) && (
        <Popconfirm title={t('tasks.cancelAsk')} onConfirm={() => void cancel()}>
          <Button size="small" type="link" danger>
            {t('tasks.cancel')}
          </Button>
        </Popconfirm>
      )}
    </Space>
  );
}

/** The times of the lines as those of the page. */
const localised = (text: string) => text.replace(/^\S+Z(?= )/gm, momentOf);

function LogModal({ runId, onClose }: { runId: string | null; onClose: () => void }) {
  const t = useText();
  const { busy, act } = useAct();
  const log = useQuery({
    queryKey: ['task-log', runId],
    queryFn: () => api.getTaskLog({ params: { id: runId ?? '' } }),
    enabled: runId !== null,
    refetchInterval: ({ state }) => (isOpen(state.data?.run) ? 1000 : false),
  });
  const download = () => act(async () => saveFile(await api.downloadTaskLog({ params: { id: runId ?? '' } })));
  return (
    <Modal
      open={runId !== null}
      onCancel={onClose}
      width={820}
      title={t('tasks.log')}
      footer={
        <Button loading={busy} onClick={() => void download()} data-testid="task-log-download">
          {t('tasks.download')}
        </Button>
      }
    >
      {log.data ? <pre style={{ maxHeight: 420, overflow: 'auto', fontSize: 12 }}>{localised(log.data.text)}</pre> : <Spin />}
    </Modal>
  );
}
