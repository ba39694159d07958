import { PlusOutlined } from '@ant-design/icons';
import type { ScheduledTask } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Space, Tag, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { RunState } from './run-state.tsx';
import { RunsDrawer } from './runs-drawer.tsx';
import { TaskForm } from './task-form.tsx';

const KEY = ['scheduled-tasks'];

/** Work that is done by the clock: definitions, what came of it, and running it now. */
export function TasksPage() {
  const t = useText();
  const mayEdit = useAllowed('task.edit');
  const queries = useQueryClient();
  const [edited, setEdited] = useState<ScheduledTask | 'new' | null>(null);
  const [shown, setShown] = useState<ScheduledTask | null>(null);
  const changed = () => queries.invalidateQueries({ queryKey: KEY });
  const columns = useColumns({ mayEdit, onEdit: setEdited, onRuns: setShown, onChanged: changed });
  return (
    <PageFrame
      title={t('tasks.title')}
      testId="tasks-page"
      actions={
        mayEdit && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')} data-testid="task-add">
            {t('tasks.add')}
          </Button>
        )
      }
    >
      <DataTable<ScheduledTask>
        queryKey={KEY}
        read={(cursor) => api.listScheduledTasks({ query: { limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="task-row"
        onOpen={setShown}
        minWidth={1210}
        refetchInterval={3000}
      />
      <TaskForm task={edited} onClose={() => setEdited(null)} onSaved={changed} />
      <RunsDrawer task={shown} onClose={() => setShown(null)} />
    </PageFrame>
  );
}

interface Acts {
  mayEdit: boolean;
  onEdit: (task: ScheduledTask) => void;
  onRuns: (task: ScheduledTask) => void;
  onChanged: () => Promise<unknown>;
}

function useColumns(acts: Acts): TableColumnsType<ScheduledTask> {
  const t = useText();
  const language = useLanguage();
  const { data: kinds } = useQuery({ queryKey: ['task-kinds'], queryFn: () => api.listTaskKinds(), staleTime: 600_000 });
  return useMemo(() => {
    const labelOf = (kind: string) => kinds?.items.find((each) => each.kind === kind)?.label;
    // A task of every installation bears its kind's Chinese name until somebody gives it another.
    const nameOf = ({ kind, name }: ScheduledTask) => (labelOf(kind)?.zh === name ? labelOf(kind)?.[language] : name);
    const kindName = (kind: string) => labelOf(kind)?.[language] ?? kind;
    return [
      { title: t('tasks.name'), key: 'name', width: 200, render: (_, task) => <b>{nameOf(task)}</b> },
      { title: t('tasks.kind'), dataIndex: 'kind', width: 180, render: kindName },
      { title: t('tasks.cron'), dataIndex: 'cron', width: 150, render: (cron: string) => <code>{cron}</code> },
      {
        title: t('tasks.next'),
        dataIndex: 'nextRunAt',
        width: 180,
        render: (at: string | null) => (at ? momentOf(at) : <Tag>{t('tasks.paused')}</Tag>),
      },
      {
        title: t('tasks.last'),
        key: 'last',
        width: 240,
        render: (_, { lastRun }) =>
          lastRun ? (
            <Space size={4}>
              <RunState run={lastRun} />
              {momentOf(lastRun.startedAt ?? lastRun.dueAt)}
            </Space>
          ) : (
            t('tasks.never')
          ),
      },
      { title: t('common.actions'), key: 'actions', width: 260, fixed: 'right', render: (_, task) => <RowActions task={task} {...acts} /> },
    ];
    // The acts are those of this page as long as it is open.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [acts.mayEdit, kinds, language, t]);
}

function RowActions({ task, mayEdit, onEdit, onRuns, onChanged }: Acts & { task: ScheduledTask }) {
  const t = useText();
  const { act } = useAct();
  const params = { id: task.id };
  const run = async () => {
    await act(() => api.runScheduledTask({ params }), t('tasks.runAsked'));
    await onChanged();
  };
  const remove = async () => {
    await act(() => api.deleteScheduledTask({ params }), t('tasks.removed'));
    await onChanged();
  };
  return (
    <Space size={0}>
      <Button size="small" type="link" onClick={() => onRuns(task)} data-testid="task-runs">
        {t('tasks.runs')}
      </Button>
      {mayEdit && (
        <>
          <Popconfirm title={t('tasks.runAsk', { name: task.name })} onConfirm={() => void run()}>
            <Button size="small" type="link" data-testid="task-run">
              {t('tasks.run')}
            </Button>
          </Popconfirm>
          <Button size="small" type="link" onClick={() => onEdit(task)}>
            {t('common.edit')}
          </Button>
          {!task.builtIn && (
            <Popconfirm
              title={t('tasks.removeAsk', { name: task.name })}
              description={t('tasks.removeText')}
              onConfirm={() => void remove()}
            >
              <Button size="small" type="link" danger>
                {t('common.remove')}
              </Button>
            </Popconfirm>
          )}
        </>
      )}
    </Space>
  );
}
