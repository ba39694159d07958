import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import type { ApproverRole, ApproverSpec, OfficerId } from '@qinqiao/contracts';
import { Button, Select, Space } from 'antd';
import { useContext } from 'react';
import { useText } from '../../i18n/index.ts';
import { OfficerSelect } from '../officer-select.tsx';
import { Names } from './step-views.tsx';

interface Props {
  value: ApproverSpec[];
  onChange: (value: ApproverSpec[]) => void;
  roles: readonly ApproverRole[];
  prisonId: string;
  disabled: boolean;
  testId: string;
}

/** Whom a step asks, in their order: roles and named officers. */
export function ApproverList({ value, onChange, roles, prisonId, disabled, testId }: Props) {
  const t = useText();
  const put = (index: number, spec: ApproverSpec) => onChange(value.with(index, spec));
  const swap = (index: number) => onChange(value.toSpliced(index, 2, ...value.slice(index, index + 2).toReversed()));
  const firstRole = roles.find(({ id }) => !value.some((spec) => spec.kind === 'role' && spec.role === id)) ?? roles[0];
  return (
    <div className="approver-list" data-testid={testId}>
      {value.map((spec, index) => (
        <div className="approver" key={`${index} ${spec.kind}`}>
          <ApproverField spec={spec} onChange={(next) => put(index, next)} roles={roles} prisonId={prisonId} disabled={disabled} />
          {!disabled && (
            <Space.Compact size="small">
              <Button
                disabled={index === 0}
                icon={<ArrowUpOutlined />}
                aria-label={t('settings.dictionaries.up')}
                onClick={() => swap(index - 1)}
              />
              <Button
                disabled={index === value.length - 1}
                icon={<ArrowDownOutlined />}
                aria-label={t('settings.dictionaries.down')}
                onClick={() => swap(index)}
              />
              <Button
                danger
                icon={<DeleteOutlined />}
                aria-label={t('common.remove')}
                onClick={() => onChange(value.toSpliced(index, 1))}
              />
            </Space.Compact>
          )}
        </div>
      ))}
      {!disabled && value.length < 50 && (
        <Button
          size="small"
          type="dashed"
          block
          icon={<PlusOutlined />}
          onClick={() => onChange([...value, { kind: 'role', role: firstRole?.id ?? '' }])}
          data-testid={`${testId}-add`}
        >
          {t('approvals.design.addApprover')}
        </Button>
      )}
    </div>
  );
}

interface FieldProps extends Pick<Props, 'roles' | 'prisonId' | 'disabled'> {
  spec: ApproverSpec;
  onChange: (spec: ApproverSpec) => void;
}

function ApproverField({ spec, onChange, roles, prisonId, disabled }: FieldProps) {
  const t = useText();
  const names = useContext(Names);
  const kinds = (['role', 'officer'] as const).map((value) => ({ value, label: t(`approvals.design.${value}`) }));
  const officer = (id: string): ApproverSpec => ({ kind: 'officer', officerId: id as OfficerId });
  return (
    <div className="approver-field">
      <Select
        size="small"
        value={spec.kind}
        options={kinds}
        disabled={disabled}
        aria-label={t('approvals.design.approvers')}
        onChange={(kind) => onChange(kind === 'role' ? { kind, role: roles[0]?.id ?? '' } : officer(''))}
        style={{ width: 110 }}
      />
      {spec.kind === 'role' ? (
        <Select
          size="small"
          value={spec.role}
          disabled={disabled}
          aria-label={t('approvals.design.role')}
          options={roles.map(({ id, name, holders }) => ({ value: id, label: t('approvals.design.holders', { name, count: holders }) }))}
          onChange={(role) => onChange({ kind: 'role', role })}
          className="approver-who"
          data-testid="approver-role"
        />
      ) : (
        <OfficerSelect
          prisonId={prisonId}
          disabled={disabled}
          nameOf={(id) => names.get(id) ?? id}
          onChange={(id) => onChange(officer(id))}
          {...(spec.officerId ? { value: spec.officerId } : {})}
        />
      )}
    </div>
  );
}
