import { APPROVAL_TYPES, type ApprovalType, type TaskCounts, type TaskView } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Badge, Button, Segmented, Space, type TableColumnsType, Tag } from 'antd';
import { type Key, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { CaseDrawer } from './case-drawer.tsx';
import { DecideForm } from './decide-form.tsx';
import { DueText } from './due-text.tsx';
import { COUNTS, TASKS } from './keys.ts';
import { TaskMarks, TaskStateTag, TypeTag } from './tags.tsx';
import { useBatch } from './use-case-acts.ts';
import './approvals.css';

type List = 'todo' | 'done';
const ALL = 'all';
const REFRESH_MS = 20_000;

export function TodoPage() {
  const t = useText();
  const [list, setList] = useState<List>('todo');
  const [type, setType] = useState<ApprovalType | null>(null);
  const [chosen, setChosen] = useState<TaskView[]>([]);
  const [open, setOpen] = useState<string | null>(null);
  const counts = useQuery({ queryKey: COUNTS, queryFn: () => api.countTasks(), refetchInterval: REFRESH_MS }).data;
  const show = (next: { list?: List; type?: ApprovalType | null }) => {
    setChosen([]);
    if (next.list) setList(next.list);
    if (next.type !== undefined) setType(next.type);
  };
  const lists = (['todo', 'done'] as const).map((value) => ({ value, label: t(`approvals.todo.${value}`) }));
  const filters = (
    <>
      <Segmented options={lists} value={list} onChange={(value) => show({ list: value })} data-testid="todo-list" />
      <TypeFilter counts={list === 'todo' ? counts : undefined} type={type} onChange={(value) => show({ type: value })} />
    </>
  );
  const late = counts && counts.late > 0 ? <Tag color="error">{t('approvals.todo.late', { count: counts.late })}</Tag> : null;
  return (
    <PageFrame title={t('approvals.todo.title')} hint={late} filters={filters} testId="todo">
      <BatchBar tasks={chosen} onDone={() => setChosen([])} />
      <DataTable<TaskView>
        queryKey={[...TASKS, list, type]}
        read={(cursor) => api.listTasks({ query: { list, limit: 50, cursor, ...(type ? { type } : {}) } })}
        columns={columnsOf(list, t, setOpen, counts?.lateHours)}
        rowKey={({ caseId, no }) => `${caseId} ${no}`}
        rowTestId="task-row"
        onOpen={({ caseId }) => setOpen(caseId)}
        emptyText={t(list === 'todo' ? 'approvals.todo.empty' : 'approvals.todo.emptyDone')}
        refetchInterval={REFRESH_MS}
        {...(list === 'todo' ? { selection: selectionOf(chosen, setChosen) } : {})}
      />
      <CaseDrawer id={open} onClose={() => setOpen(null)} />
    </PageFrame>
  );
}

const selectionOf = (chosen: TaskView[], onChange: (tasks: TaskView[]) => void) => ({
  selectedRowKeys: chosen.map(({ caseId, no }) => `${caseId} ${no}`),
  onChange: (_keys: Key[], rows: TaskView[]) => onChange(rows),
});

interface FilterProps {
  counts: TaskCounts | undefined;
  type: ApprovalType | null;
  onChange: (type: ApprovalType | null) => void;
}

function TypeFilter({ counts, type, onChange }: FilterProps) {
  const t = useText();
  const option = (value: string, text: string, count: number | undefined) => ({
    value,
    label: (
      <Space size={6}>
        {text}
        {count ? <Badge count={count} overflowCount={999} size="small" data-testid={`count-${value}`} /> : null}
      </Space>
    ),
  });
  const options = [
    option(ALL, t('approvals.todo.all'), counts?.total),
    ...APPROVAL_TYPES.map((one) => option(one, t(`approvals.types.${one}`), counts?.byType[one])),
  ];
  return (
    <Segmented
      className="type-filter"
      options={options}
      value={type ?? ALL}
      onChange={(value) => onChange(value === ALL ? null : (value as ApprovalType))}
      aria-label={t('approvals.todo.allTypes')}
      data-testid="type-filter"
    />
  );
}

function BatchBar({ tasks, onDone }: { tasks: TaskView[]; onDone: () => void }) {
  const t = useText();
  const [kind, setKind] = useState<'approve' | 'refuse' | null>(null);
  const batch = useBatch();
  const decide = async (text: string) => {
    await batch(tasks, kind === 'refuse' ? { type: 'refuse', reason: text } : { type: 'approve', note: text });
    onDone();
  };
  return (
    <>
      {tasks.length > 0 && (
        <div className="panel batch-bar" role="toolbar">
          <b>{t('approvals.todo.selected', { count: tasks.length })}</b>
          <Button type="primary" onClick={() => setKind('approve')} data-testid="batch-approve">
            {t('approvals.todo.approveAll')}
          </Button>
          <Button danger onClick={() => setKind('refuse')} data-testid="batch-refuse">
            {t('approvals.todo.refuseAll')}
          </Button>
        </div>
      )}
      {kind && <DecideForm kind={kind} count={tasks.length} onClose={() => setKind(null)} onSave={decide} />}
    </>
  );
}

function columnsOf(list: List, t: Translate, onOpen: (caseId: string) => void, lateHours = 24): TableColumnsType<TaskView> {
  const last: TableColumnsType<TaskView> =
    list === 'todo'
      ? [{ title: t('approvals.columns.due'), key: 'due', width: 140, render: (_, task) => <DueText {...task} lateHours={lateHours} /> }]
      : [
          { title: t('approvals.columns.result'), key: 'state', width: 100, render: (_, { state }) => <TaskStateTag state={state} /> },
          { title: t('approvals.columns.done'), key: 'closed', width: 170, render: (_, { closedAt }) => closedAt && momentOf(closedAt) },
        ];
  return [
    { title: t('approvals.columns.type'), dataIndex: 'type', width: 120, render: (type: ApprovalType) => <TypeTag type={type} /> },
    {
      title: t('approvals.columns.title'),
      key: 'title',
      render: (_, task) => (
        <Space wrap>
          <b>{task.title}</b>
          <TaskMarks {...task} />
        </Space>
      ),
    },
    { title: t('approvals.columns.step'), dataIndex: 'nodeName', width: 150 },
    { title: t('approvals.columns.applicant'), dataIndex: 'applicantName', width: 110 },
    {
      title: t('approvals.columns.submitted'),
      dataIndex: 'submittedAt',
      width: 170,
      render: (at: string) => <span className="digits">{momentOf(at)}</span>,
    },
    ...last,
    {
      title: t('common.actions'),
      key: 'open',
      width: 90,
      fixed: 'right',
      render: (_, { caseId }) => (
        <Button size="small" onClick={() => onOpen(caseId)} data-testid="task-open">
          {t(list === 'todo' ? 'approvals.todo.open' : 'approvals.todo.look')}
        </Button>
      ),
    },
  ];
}
