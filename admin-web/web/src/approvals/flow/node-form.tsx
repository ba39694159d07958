import { DeleteOutlined } from '@ant-design/icons';
import type { ApprovalNode, ApproverRole } from '@qinqiao/contracts';
import { Button, Checkbox, Form, Input, InputNumber, Segmented, Select } from 'antd';
import { useText } from '../../i18n/index.ts';
import { ApproverList } from './approver-list.tsx';
import { LimitFields } from './limit-fields.tsx';

export interface NodeFormProps {
  node: ApprovalNode;
  onChange: (node: ApprovalNode) => void;
  roles: readonly ApproverRole[];
  prisonId: string;
  disabled: boolean;
}

/** How a step is decided. Every change is on the canvas at once. */
export function NodeForm({ onRemove, ...props }: NodeFormProps & { onRemove: () => void }) {
  const t = useText();
  const { node, onChange, roles, prisonId, disabled } = props;
  const set = (change: Partial<ApprovalNode>) => onChange({ ...node, ...change });
  return (
    <Form layout="vertical" size="small" component="div" data-testid="node-form">
      <Form.Item
        label={t('approvals.design.name')}
        {...(node.name.trim() ? {} : { validateStatus: 'error' as const, help: t('common.required') })}
      >
        <Input
          value={node.name}
          maxLength={40}
          disabled={disabled}
          onChange={({ target }) => set({ name: target.value })}
          data-testid="node-name"
        />
      </Form.Item>
      <Form.Item label={t('approvals.design.approvers')}>
        <ApproverList
          value={node.approvers}
          onChange={(approvers) => set({ approvers })}
          roles={roles}
          prisonId={prisonId}
          disabled={disabled}
          testId="approvers"
        />
      </Form.Item>
      <RuleFields {...props} />
      <LimitFields {...props} />
      <ActFields {...props} />
      {!disabled && (
        <Button danger block icon={<DeleteOutlined />} onClick={onRemove} data-testid="node-remove">
          {t('approvals.design.removeNode')}
        </Button>
      )}
    </Form>
  );
}

function RuleFields({ node, onChange, disabled }: NodeFormProps) {
  const t = useText();
  const { mode, rule } = node;
  const modes = (['parallel', 'sequential'] as const).map((value) => ({ value, label: t(`approvals.design.modes.${value}`) }));
  const rules = (['any', 'all', 'vote'] as const).map((value) => ({ value, label: t(`approvals.design.rules.${value}`) }));
  const choose = (kind: ApprovalNode['rule']['kind']) => onChange({ ...node, rule: kind === 'vote' ? { kind, needed: 2 } : { kind } });
  return (
    <>
      <Form.Item label={t('approvals.design.mode')}>
        <Segmented
          block
          options={modes}
          value={mode}
          disabled={disabled}
          onChange={(value) => onChange({ ...node, mode: value })}
          data-testid="node-mode"
        />
      </Form.Item>
      <Form.Item label={t('approvals.design.rule')}>
        <Select options={rules} value={rule.kind} disabled={disabled} onChange={choose} data-testid="node-rule" />
      </Form.Item>
      {rule.kind === 'vote' && (
        <Form.Item label={t('approvals.design.needed')}>
          <InputNumber
            min={1}
            max={200}
            precision={0}
            value={rule.needed}
            disabled={disabled}
            onChange={(needed) => onChange({ ...node, rule: { kind: 'vote', needed: needed ?? 1 } })}
          />
        </Form.Item>
      )}
    </>
  );
}

const ACTS = [
  ['return', 'approvals.design.mayReturn'],
  ['reassign', 'approvals.design.mayReassign'],
  ['addApprover', 'approvals.design.mayAdd'],
] as const;

function ActFields({ node, onChange, disabled }: NodeFormProps) {
  const t = useText();
  return (
    <Form.Item label={t('approvals.design.acts')}>
      {ACTS.map(([act, text]) => (
        <div key={act}>
          <Checkbox
            checked={node.acts[act]}
            disabled={disabled}
            onChange={({ target }) => onChange({ ...node, acts: { ...node.acts, [act]: target.checked } })}
          >
            {t(text)}
          </Checkbox>
        </div>
      ))}
    </Form.Item>
  );
}
