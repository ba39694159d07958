import type { TaskRun } from '@qinqiao/contracts';
import { Progress, Tag } from 'antd';
import { useText } from '../i18n/index.ts';

const COLOURS = {
  queued: 'default',
  running: 'processing',
  done: 'green',
  failed: 'red',
  timeout: 'orange',
  cancelled: 'default',
} as const;
export const isOpen = (run: TaskRun | null | undefined) => run?.state === 'queued' || run?.state === 'running';

export function RunState({ run }: { run: TaskRun }) {
  const t = useText();
  return (
    <>
      <Tag color={COLOURS[run.state]} data-testid="task-state">
        {t(`tasks.states.${run.state}`)}
      </Tag>
      {run.state === 'running' && run.progress > 0 && (
        <Progress percent={Math.round(run.progress * 100)} size="small" style={{ width: 120 }} />
      )}
    </>
  );
}
