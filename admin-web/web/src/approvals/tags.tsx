import type { ApprovalType, CaseState, TaskState, TaskView } from '@qinqiao/contracts';
import { Space, Tag } from 'antd';
import { useText } from '../i18n/index.ts';

const CASE_COLOURS: Record<CaseState, string> = { open: 'blue', approved: 'green', refused: 'red', withdrawn: 'default' };
const TASK_COLOURS: Record<TaskState, string> = {
  waiting: 'default',
  open: 'blue',
  approved: 'green',
  refused: 'red',
  returned: 'orange',
  moved: 'purple',
  expired: 'red',
  closed: 'default',
};

export function CaseStateTag({ state }: { state: CaseState }) {
  const t = useText();
  return (
    <Tag color={CASE_COLOURS[state]} data-testid="case-state" data-state={state}>
      {t(`approvals.states.${state}`)}
    </Tag>
  );
}

export function TaskStateTag({ state }: { state: TaskState }) {
  const t = useText();
  return <Tag color={TASK_COLOURS[state]}>{t(`approvals.taskStates.${state}`)}</Tag>;
}

export function TypeTag({ type }: { type: ApprovalType }) {
  const t = useText();
  return <Tag>{t(`approvals.types.${type}`)}</Tag>;
}

type Marks = Pick<TaskView, 'actingFor' | 'escalation' | 'remindedAt'>;

/** What is special about a task: for whom it is done, and whether time has pressed. */
export function TaskMarks({ actingFor, escalation, remindedAt }: Marks) {
  const t = useText();
  return (
    <Space size={4} wrap>
      {actingFor && <Tag color="purple">{t('approvals.todo.actingFor', { name: actingFor })}</Tag>}
      {escalation && <Tag color="volcano">{t('approvals.todo.escalated')}</Tag>}
      {remindedAt && <Tag color="orange">{t('approvals.todo.reminded')}</Tag>}
    </Space>
  );
}
