import { DeleteOutlined, RightOutlined } from '@ant-design/icons';
import type { ApproverRole, FlowNode } from '@qinqiao/contracts';
import { Button, Select } from 'antd';
import { useText } from '../../i18n/index.ts';
import { EdgeForm } from './edge-form.tsx';
import { NodeForm } from './node-form.tsx';
import type { Design } from './use-design.ts';

interface Props {
  design: Design;
  roles: readonly ApproverRole[];
  prisonId: string;
  editable: boolean;
}

/** What is chosen on the canvas, to be set: a step or a line. */
export function Inspector({ design, roles, prisonId, editable }: Props) {
  const t = useText();
  const nameOf = useNames(design);
  const node = design.nodes.find(({ selected }) => selected)?.data.node;
  const edge = design.edges.find(({ selected }) => selected)?.data?.edge;
  if (node) {
    return (
      <section key={node.id}>
        <h3>{t('approvals.design.node')}</h3>
        {node.kind === 'approval' ? (
          <NodeForm
            node={node}
            onChange={design.changeNode}
            onRemove={() => design.removeNode(node.id)}
            roles={roles}
            prisonId={prisonId}
            disabled={!editable}
          />
        ) : (
          <EndPoint node={node} design={design} editable={editable} />
        )}
        {node.kind !== 'end' && <NextSteps node={node} design={design} editable={editable} nameOf={nameOf} />}
      </section>
    );
  }
  if (edge) {
    return (
      <section key={edge.id}>
        <h3>{t('approvals.design.edge')}</h3>
        <EdgeForm
          edge={edge}
          onChange={design.changeEdge}
          onRemove={() => design.removeEdge(edge.id)}
          disabled={!editable}
          nameOf={nameOf}
        />
      </section>
    );
  }
  return <p className="muted">{t('approvals.design.choose')}</p>;
}

function useNames(design: Design): (id: string) => string {
  const t = useText();
  const names = new Map(
    design.nodes.map(({ id, data: { node } }) => [id, node.kind === 'approval' ? node.name : t(`approvals.design.${node.kind}`)]),
  );
  return (id) => names.get(id) ?? id;
}

function EndPoint({ node, design, editable }: { node: FlowNode; design: Design; editable: boolean }) {
  const t = useText();
  return (
    <>
      <p>{t(node.kind === 'start' ? 'approvals.design.start' : 'approvals.design.end')}</p>
      {editable && node.kind === 'end' && (
        <Button danger block icon={<DeleteOutlined />} onClick={() => design.removeNode(node.id)}>
          {t('approvals.design.removeNode')}
        </Button>
      )}
    </>
  );
}

interface NextProps {
  node: FlowNode;
  design: Design;
  editable: boolean;
  nameOf: (id: string) => string;
}

/** Where the flow goes on from a step; also the way to connect steps without a mouse. */
function NextSteps({ node, design, editable, nameOf }: NextProps) {
  const t = useText();
  const out = design.edges.flatMap(({ data }) => (data && data.edge.from === node.id ? [data.edge] : []));
  const free = design.nodes.filter(({ id, type }) => type !== 'start' && id !== node.id && !out.some(({ to }) => to === id));
  return (
    <div className="next-steps" data-testid="next-steps">
      <h4>{t('approvals.design.next')}</h4>
      {out.map((edge) => (
        <Button key={edge.id} block size="small" icon={<RightOutlined />} onClick={() => design.choose({ edgeId: edge.id })}>
          {nameOf(edge.to)}
          {edge.when && ` · ${t('approvals.design.conditional')}`}
        </Button>
      ))}
      {editable && free.length > 0 && (
        <Select
          size="small"
          value={null}
          placeholder={t('approvals.design.nextAdd')}
          aria-label={t('approvals.design.nextAdd')}
          options={free.map(({ id }) => ({ value: id, label: nameOf(id) }))}
          onChange={(target: string | null) => target && design.connect({ source: node.id, target })}
          style={{ width: '100%' }}
          data-testid="next-add"
        />
      )}
    </div>
  );
}
