import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import type { EdgeCondition, FactTest, FlowEdge } from '@qinqiao/contracts';
import { AutoComplete, Button, Form, Input, Segmented, Select, Switch } from 'antd';
import { type TextKey, useText } from '../../i18n/index.ts';
import { KNOWN_FACTS } from '../snapshot.tsx';

interface Props {
  edge: FlowEdge;
  onChange: (edge: FlowEdge) => void;
  onRemove: () => void;
  disabled: boolean;
  nameOf: (nodeId: string) => string;
}

const FIRST: FactTest = { fact: 'visitors', op: 'gt', value: 3 };

/** When a line is taken. */
export function EdgeForm({ edge, onChange, onRemove, disabled, nameOf }: Props) {
  const t = useText();
  const { when } = edge;
  const set = (condition: EdgeCondition | null) => onChange({ ...edge, when: condition });
  return (
    <Form layout="vertical" size="small" component="div" data-testid="edge-form">
      <p>
        {t('approvals.design.from')} <b>{nameOf(edge.from)}</b> {t('approvals.design.to')} <b>{nameOf(edge.to)}</b>
      </p>
      <Form.Item label={t('approvals.design.conditional')} layout="horizontal">
        <Switch
          checked={when !== null}
          disabled={disabled}
          onChange={(on) => set(on ? { match: 'all', tests: [FIRST] } : null)}
          data-testid="edge-conditional"
        />
      </Form.Item>
      {when ? (
        <Condition condition={when} onChange={set} disabled={disabled} />
      ) : (
        <p className="muted">{t('approvals.design.otherwise')}</p>
      )}
      <p className="muted">{t('approvals.design.order')}</p>
      {!disabled && (
        <Button danger block icon={<DeleteOutlined />} onClick={onRemove} data-testid="edge-remove">
          {t('approvals.design.removeEdge')}
        </Button>
      )}
    </Form>
  );
}

interface ConditionProps {
  condition: EdgeCondition;
  onChange: (condition: EdgeCondition) => void;
  disabled: boolean;
}

function Condition({ condition, onChange, disabled }: ConditionProps) {
  const t = useText();
  const { match, tests } = condition;
  const matches = (['all', 'any'] as const).map((value) => ({ value, label: t(`approvals.design.matches.${value}`) }));
  const setTests = (next: FactTest[]) => onChange({ ...condition, tests: next });
  return (
    <>
      <Form.Item label={t('approvals.design.match')}>
        <Segmented
          block
          options={matches}
          value={match}
          disabled={disabled}
          onChange={(value) => onChange({ ...condition, match: value })}
        />
      </Form.Item>
      {tests.map((test, index) => (
        <div className="fact-test" key={`${index} ${test.op}`}>
          <TestFields test={test} disabled={disabled} onChange={(next) => setTests(tests.with(index, next))} />
          {!disabled && (
            <Button
              size="small"
              danger
              icon={<DeleteOutlined />}
              aria-label={t('common.remove')}
              onClick={() => setTests(tests.toSpliced(index, 1))}
            />
          )}
        </div>
      ))}
      {!disabled && tests.length < 20 && (
        <Button size="small" type="dashed" block icon={<PlusOutlined />} onClick={() => setTests([...tests, FIRST])}>
          {t('approvals.design.addTest')}
        </Button>
      )}
    </>
  );
}

const OPS = ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'in', 'notIn', 'present', 'absent'] as const;
type Op = (typeof OPS)[number];

/** `3` → 3, `true` or `是` → true, anything else as text. */
function valueOf(text: string): string | number | boolean {
  const plain = text.trim();
  if (plain !== '' && Number.isFinite(Number(plain))) return Number(plain);
  if (plain === 'true' || plain === '是') return true;
  return plain === 'false' || plain === '否' ? false : plain;
}

function testOf(fact: string, op: Op, text: string): FactTest {
  if (op === 'present' || op === 'absent') return { fact, op };
  if (op === 'in' || op === 'notIn') return { fact, op, value: text.split(/[,，、]/).map(valueOf) };
  const value = valueOf(text);
  if (op === 'eq' || op === 'ne') return { fact, op, value };
  return { fact, op, value: typeof value === 'boolean' ? text : value };
}

const textOf = (test: FactTest): string =>
  'value' in test ? (Array.isArray(test.value) ? test.value.join(',') : String(test.value ?? '')) : '';

function TestFields({ test, onChange, disabled }: { test: FactTest; onChange: (test: FactTest) => void; disabled: boolean }) {
  const t = useText();
  const { fact, op } = test;
  const facts = KNOWN_FACTS.map((value) => ({ value, label: t(`approvals.design.facts.${value}` as TextKey) }));
  const hasValue = op !== 'present' && op !== 'absent';
  return (
    <div className="fact-fields">
      <AutoComplete
        options={facts}
        value={fact}
        disabled={disabled}
        onChange={(value: string) => onChange(testOf(value.slice(0, 64) || 'visitors', op, textOf(test)))}
        aria-label={t('approvals.design.fact')}
      />
      <Select
        options={OPS.map((value) => ({ value, label: t(`approvals.design.ops.${value}`) }))}
        value={op}
        disabled={disabled}
        onChange={(next: Op) => onChange(testOf(fact, next, textOf(test)))}
        aria-label={t('approvals.design.op')}
      />
      {hasValue && (
        <Input
          // Kept as typed until it is left: `1,` on the way to `1,2` is no list yet.
          key={textOf(test)}
          defaultValue={textOf(test)}
          disabled={disabled}
          maxLength={400}
          onBlur={({ target }) => onChange(testOf(fact, op, target.value))}
          placeholder={t(op === 'in' || op === 'notIn' ? 'approvals.design.values' : 'approvals.design.value')}
          aria-label={t('approvals.design.value')}
        />
      )}
    </div>
  );
}
