import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import type { EdgeCondition, FactTest, FlowEdge } from '@qinqiao/contracts';
import { Button, Form, Segmented, Select, Switch } from 'antd';
import { useState } from 'react';
import { useText } from '../../i18n/index.ts';
import { KNOWN_FACTS, useFactNames } from './fact-names.ts';
import { makeTest, type Op, opsFor, valueOf, withFact } from './fact-test.ts';
import { FactValue } from './fact-value.tsx';

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

function TestFields({ test, onChange, disabled }: { test: FactTest; onChange: (test: FactTest) => void; disabled: boolean }) {
  const t = useText();
  const { fact, op } = test;
  return (
    <div className="fact-fields">
      <FactSelect fact={fact} disabled={disabled} onChange={(next) => onChange(withFact(test, next))} />
      <Select
        options={opsFor(fact).map((value) => ({ value, label: t(`approvals.design.ops.${value}`) }))}
        value={op}
        disabled={disabled}
        onChange={(next: Op) => onChange(makeTest(fact, next, valueOf(test)))}
        aria-label={t('approvals.design.op')}
      />
      {'value' in test && <FactValue test={test} disabled={disabled} onChange={(value) => onChange(makeTest(fact, op, value))} />}
    </div>
  );
}

/** One of the known facts, or another that is typed. */
function FactSelect({ fact, onChange, disabled }: { fact: string; onChange: (fact: string) => void; disabled: boolean }) {
  const t = useText();
  const { factName } = useFactNames();
  const [typed, setTyped] = useState('');
  const facts = [...new Set([...KNOWN_FACTS, fact, typed.trim()])].filter((one) => one !== '' && one.length <= 64);
  return (
    <Select
      showSearch={{ optionFilterProp: 'label', onSearch: setTyped }}
      options={facts.map((value) => ({ value, label: factName(value) }))}
      value={fact}
      disabled={disabled}
      onChange={onChange}
      aria-label={t('approvals.design.fact')}
    />
  );
}
