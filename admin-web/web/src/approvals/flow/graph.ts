import type { ApprovalNode, FlowDefinition, FlowEdge, FlowNode, FlowProblem } from '@qinqiao/contracts';
import { type Edge, MarkerType, type Node } from '@xyflow/react';

export interface StepData extends Record<string, unknown> {
  node: FlowNode;
  problems: FlowProblem[];
  /** Where a case stands: at this step, or past it. */
  mark: 'here' | 'passed' | null;
}
export interface LineData extends Record<string, unknown> {
  edge: FlowEdge;
  problems: FlowProblem[];
}
export type StepNode = Node<StepData, FlowNode['kind']>;
export type LineEdge = Edge<LineData>;

const ARROW = { type: MarkerType.ArrowClosed, width: 18, height: 18 };

export const toStep = (node: FlowNode, mark: StepData['mark'] = null): StepNode => ({
  id: node.id,
  type: node.kind,
  position: node.position,
  data: { node, problems: [], mark },
});

export const toLine = (edge: FlowEdge): LineEdge => ({
  id: edge.id,
  source: edge.from,
  target: edge.to,
  markerEnd: ARROW,
  data: { edge, problems: [] },
});

/** What was drawn, as the contract has it. */
export function toDefinition(nodes: readonly StepNode[], edges: readonly LineEdge[]): FlowDefinition {
  return {
    nodes: nodes.map(({ data, position: { x, y } }) => ({ ...data.node, position: { x: Math.round(x), y: Math.round(y) } })),
    edges: edges.flatMap(({ data }) => (data ? [data.edge] : [])),
  };
}

export const freshId = (kind: string): string => `${kind}-${globalThis.crypto.randomUUID().slice(0, 8)}`;

export function newApproval(name: string, position: FlowNode['position']): ApprovalNode {
  return {
    id: freshId('step'),
    kind: 'approval',
    name,
    position,
    approvers: [],
    mode: 'parallel',
    rule: { kind: 'any' },
    limit: null,
    acts: { return: true, reassign: true, addApprover: true },
  };
}

export const newEdge = (from: string, to: string): FlowEdge => ({ id: freshId('line'), from, to, when: null });

/** What a new flow begins with: start, one step, end. */
export function newFlow(name: string): FlowDefinition {
  const start: FlowNode = { id: 'start', kind: 'start', position: { x: 0, y: 40 } };
  const step = newApproval(name, { x: COLUMN, y: 20 });
  const end: FlowNode = { id: 'end', kind: 'end', position: { x: 2 * COLUMN, y: 40 } };
  return { nodes: [start, step, end], edges: [newEdge(start.id, step.id), newEdge(step.id, end.id)] };
}

const COLUMN = 250;
const ROW = 130;

/** Places steps in columns by their distance from the start, so that lines lead to the right. What lies on a cycle stays behind it. */
export function arranged(definition: FlowDefinition): FlowDefinition {
  const depth = new Map(definition.nodes.map(({ id }) => [id, 0]));
  for (let round = 0; round < definition.nodes.length; round++) {
    for (const { from, to } of definition.edges) {
      const next = Math.min((depth.get(from) ?? 0) + 1, definition.nodes.length);
      if (depth.has(to) && next > (depth.get(to) ?? 0)) depth.set(to, next);
    }
  }
  const used = new Map<number, number>();
  const nodes = definition.nodes.map((node): FlowNode => {
    const column = depth.get(node.id) ?? 0;
    const row = used.get(column) ?? 0;
    used.set(column, row + 1);
    return { ...node, position: { x: column * COLUMN, y: row * ROW + (node.kind === 'approval' ? 0 : 20) } };
  });
  return { ...definition, nodes };
}

/** Steps without a name or with an officer who was not chosen yet: they cannot be saved. */
export const incompleteSteps = ({ nodes }: FlowDefinition): ApprovalNode[] =>
  nodes.filter((node): node is ApprovalNode => {
    if (node.kind !== 'approval') return false;
    const late = node.limit?.onTimeOut;
    const asked = [...node.approvers, ...(late?.kind === 'escalate' ? late.to : [])];
    return node.name.trim() === '' || asked.some((spec) => (spec.kind === 'role' ? spec.role === '' : spec.officerId === ''));
  });
