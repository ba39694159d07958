import { CheckCircleFilled, ExclamationCircleFilled } from '@ant-design/icons';
import type { ApprovalNode } from '@qinqiao/contracts';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { Tooltip } from 'antd';
import { createContext, useContext } from 'react';
import { useLanguage, useText } from '../../i18n/index.ts';
import type { StepData, StepNode } from './graph.ts';

/** Names of roles and officers by their ids, for the cards. */
export const Names = createContext<ReadonlyMap<string, string>>(new Map());

export const STEP_TYPES = { start: EndView, end: EndView, approval: StepView };

function Problems({ problems }: { problems: StepData['problems'] }) {
  const language = useLanguage();
  if (problems.length === 0) return null;
  return (
    <Tooltip title={problems.map(({ text }, index) => <div key={`${index}`}>{text[language]}</div>)}>
      <ExclamationCircleFilled className="step-problem" data-testid="step-problem" />
    </Tooltip>
  );
}

const classOf = (kind: string, { mark, problems }: StepData, selected: boolean | undefined): string =>
  ['step', kind, mark, problems.length > 0 && 'wrong', selected && 'chosen'].filter(Boolean).join(' ');

function EndView({ data, selected }: NodeProps<StepNode>) {
  const t = useText();
  const starts = data.node.kind === 'start';
  return (
    <div className={classOf(data.node.kind, data, selected)} data-testid={`step-${data.node.kind}`}>
      {!starts && <Handle type="target" position={Position.Left} />}
      {t(starts ? 'approvals.design.start' : 'approvals.design.end')}
      <Problems problems={data.problems} />
      {starts && <Handle type="source" position={Position.Right} />}
    </div>
  );
}

function StepView({ data, selected }: NodeProps<StepNode>) {
  const t = useText();
  const { node, mark } = data;
  if (node.kind !== 'approval') return null;
  return (
    <div className={classOf('approval', data, selected)} data-testid="step" data-mark={mark ?? ''}>
      <Handle type="target" position={Position.Left} />
      <div className="step-name">
        {mark === 'passed' && <CheckCircleFilled className="step-passed" title={t('approvals.case.passed')} />}
        <b>{node.name}</b>
        <Problems problems={data.problems} />
      </div>
      <Asked node={node} />
      <div className="step-rule">
        {t(`approvals.design.modes.${node.mode}`)} · {t(`approvals.design.rules.${node.rule.kind}`)}
        {node.rule.kind === 'vote' && ` ${node.rule.needed}`}
        {node.limit && ` · ${Math.round((node.limit.minutes / 60) * 10) / 10} h`}
      </div>
      {mark === 'here' && <div className="step-here">{t('approvals.case.here')}</div>}
      <Handle type="source" position={Position.Right} />
    </div>
  );
}

function Asked({ node }: { node: ApprovalNode }) {
  const t = useText();
  const known = useContext(Names);
  const names = node.approvers.map((spec) => {
    const id = spec.kind === 'role' ? spec.role : spec.officerId;
    return known.get(id) ?? (spec.kind === 'role' ? id : t('approvals.design.officer'));
  });
  return <div className="step-asked">{names.join('、') || t('common.none')}</div>;
}
