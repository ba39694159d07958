import type { TimeLimit } from '@qinqiao/contracts';
import { Form, InputNumber, Select, Switch } from 'antd';
import { useText } from '../../i18n/index.ts';
import { ApproverList } from './approver-list.tsx';
import type { NodeFormProps } from './node-form.tsx';

const DAY_MINUTES = 24 * 60;
const FIRST: TimeLimit = { minutes: DAY_MINUTES, remindBefore: 120, onTimeOut: { kind: 'escalate', to: [] } };

/** How long a step has, when its approvers are reminded, and what happens when the time is over. */
export function LimitFields({ node, onChange, roles, prisonId, disabled }: NodeFormProps) {
  const t = useText();
  const { limit } = node;
  const set = (change: Partial<TimeLimit>) => limit && onChange({ ...node, limit: { ...limit, ...change } });
  const kinds = (['escalate', 'approve', 'refuse'] as const).map((value) => ({ value, label: t(`approvals.design.timeOuts.${value}`) }));
  const choose = (kind: TimeLimit['onTimeOut']['kind']) => set({ onTimeOut: kind === 'escalate' ? { kind, to: [] } : { kind } });
  return (
    <>
      <Form.Item label={t('approvals.design.limit')} layout="horizontal">
        <Switch
          checked={limit !== null}
          disabled={disabled}
          onChange={(on) => onChange({ ...node, limit: on ? FIRST : null })}
          data-testid="node-limit"
        />
      </Form.Item>
      {limit && (
        <div className="limit-fields">
          <Form.Item
            label={t('approvals.design.limitMinutes')}
            extra={t('approvals.design.hours', { hours: Math.round(limit.minutes / 6) / 10 })}
          >
            <InputNumber
              min={1}
              max={DAY_MINUTES * 365}
              precision={0}
              value={limit.minutes}
              disabled={disabled}
              onChange={(minutes) => set({ minutes: minutes ?? DAY_MINUTES })}
            />
          </Form.Item>
          <Form.Item label={t('approvals.design.remind')}>
            <InputNumber
              min={1}
              precision={0}
              value={limit.remindBefore}
              disabled={disabled}
              onChange={(remindBefore) => set({ remindBefore })}
            />
          </Form.Item>
          <Form.Item label={t('approvals.design.onTimeOut')}>
            <Select options={kinds} value={limit.onTimeOut.kind} disabled={disabled} onChange={choose} />
          </Form.Item>
          {limit.onTimeOut.kind === 'escalate' && (
            <Form.Item label={t('approvals.design.escalateTo')}>
              <ApproverList
                value={limit.onTimeOut.to}
                onChange={(to) => set({ onTimeOut: { kind: 'escalate', to } })}
                roles={roles}
                prisonId={prisonId}
                disabled={disabled}
                testId="escalate-to"
              />
            </Form.Item>
          )}
        </div>
      )}
    </>
  );
}
