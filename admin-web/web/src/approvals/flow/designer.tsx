import type { ApproverRole, FlowProblem } from '@qinqiao/contracts';
import { ReactFlowProvider } from '@xyflow/react';
import { Input, Tag } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { PageFrame } from '../../components/page-frame.tsx';
import { useText } from '../../i18n/index.ts';
import { Canvas } from './canvas.tsx';
import { DesignActions } from './design-actions.tsx';
import { incompleteSteps } from './graph.ts';
import { Inspector } from './inspector.tsx';
import type { Opened } from './opened.ts';
import { ProblemsList } from './problems-list.tsx';
import { Names } from './step-views.tsx';
import { useCheck } from './use-check.ts';
import { useDesign, useLeaveWarning } from './use-design.ts';
import '@xyflow/react/dist/style.css';
import './flow.css';

interface Props {
  opened: Opened;
  roles: readonly ApproverRole[];
  editable: boolean;
}

/** The designer around one version of a flow. */
export function Designer(props: Props) {
  return (
    <ReactFlowProvider>
      <Desk {...props} />
    </ReactFlowProvider>
  );
}

const NOTHING: FlowProblem[] = [];

function Desk({ opened, roles, editable }: Props) {
  const t = useText();
  const design = useDesign(opened.definition);
  const [name, setName] = useState(opened.name);
  const dirty = design.dirty || name.trim() !== opened.name || opened.flowId === null;
  useLeaveWarning(editable && dirty);
  const incomplete = useMemo(() => incompleteSteps(design.definition), [design.definition]);
  const check = useCheck(opened.prisonId, design.definition, editable && incomplete.length === 0);
  const { problems } = check;
  const { mark } = design;
  useEffect(() => mark(problems ?? NOTHING), [problems, mark]);
  const names = useMemo(
    () => new Map([...Object.entries(opened.names), ...roles.map(({ id, name: role }) => [id, role] as const)]),
    [roles, opened.names],
  );
  const hint = (
    <>
      <Tag>{opened.prisonName}</Tag>
      <Tag color="blue">{t(`approvals.types.${opened.type}`)}</Tag>
      <Tag>{t('approvals.flows.version', { version: opened.version })}</Tag>
      {!editable && <Tag color="default">{t('approvals.design.readOnly')}</Tag>}
      {editable && dirty && <Tag color="warning">{t('approvals.design.unsaved')}</Tag>}
    </>
  );
  const title = editable ? (
    <Input
      value={name}
      maxLength={40}
      onChange={({ target }) => setName(target.value)}
      aria-label={t('approvals.flows.name')}
      data-testid="flow-name"
    />
  ) : (
    opened.name
  );
  const sound = check.isCurrent && problems?.length === 0 && incomplete.length === 0;
  const draft = { name: name.trim(), definition: design.definition, dirty, sound };
  return (
    <PageFrame
      title={title}
      hint={hint}
      actions={
        <DesignActions opened={opened} draft={draft} editable={editable} complete={incomplete.length === 0} onSaved={design.markSaved} />
      }
      testId="designer"
    >
      <Names.Provider value={names}>
        <div className="designer">
          <Canvas design={design} editable={editable} />
          <aside className="panel designer-side">
            {editable && <ProblemsList check={check} incomplete={incomplete} design={design} />}
            <Inspector design={design} roles={roles} prisonId={opened.prisonId} editable={editable} />
          </aside>
        </div>
      </Names.Provider>
    </PageFrame>
  );
}
