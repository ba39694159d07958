import { CheckCircleOutlined, ExclamationCircleOutlined } from '@ant-design/icons';
import { errorText } from '@qinqiao/client-sdk';
import type { ApprovalNode } from '@qinqiao/contracts';
import { useReactFlow } from '@xyflow/react';
import { Button } from 'antd';
import { useLanguage, useText } from '../../i18n/index.ts';
import type { Check } from './use-check.ts';
import type { Design } from './use-design.ts';

interface Props {
  check: Check;
  incomplete: readonly ApprovalNode[];
  design: Design;
}

/** What is wrong, each with a way to its place on the canvas. */
export function ProblemsList({ check: { problems, error, askAgain }, incomplete, design }: Props) {
  const t = useText();
  const language = useLanguage();
  const { fitView } = useReactFlow();
  const go = (nodeId: string | null, edgeId: string | null) => {
    design.choose({ nodeId, edgeId });
    if (nodeId) void fitView({ nodes: [{ id: nodeId }], maxZoom: 1, padding: 1, duration: 200 });
  };
  const rows = [
    ...incomplete.map(({ id, name }) => ({ nodeId: id, edgeId: null, text: t('approvals.design.incompleteStep', { name }) })),
    ...(incomplete.length > 0 ? [] : (problems ?? []).map(({ nodeId, edgeId, text }) => ({ nodeId, edgeId, text: text[language] }))),
  ];
  if (error && incomplete.length === 0) {
    return (
      <p className="problems" data-testid="check-failed" role="status">
        <ExclamationCircleOutlined /> {t('approvals.design.checkFailed')} {errorText(error, language)}{' '}
        <Button type="link" size="small" onClick={askAgain} data-testid="check-again">
          {t('common.retry')}
        </Button>
      </p>
    );
  }
  if (problems === null && incomplete.length === 0) return null;
  if (rows.length === 0) {
    return (
      <p className="problems-none" data-testid="no-problems">
        <CheckCircleOutlined /> {t('approvals.design.noProblems')}
      </p>
    );
  }
  return (
    <div className="problems" data-testid="problems" role="status">
      <b>
        <ExclamationCircleOutlined /> {t('approvals.design.problems', { count: rows.length })}
      </b>
      <ul>
        {rows.map(({ nodeId, edgeId, text }) => (
          <li key={text}>
            <Button type="link" size="small" disabled={!nodeId && !edgeId} onClick={() => go(nodeId, edgeId)} data-testid="problem">
              {text}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
