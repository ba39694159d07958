import type { ApprovalNode, ApproverSpec, FlowDefinition, FlowNode, FlowProblem } from '@qinqiao/contracts';
import { checkNode, type Staff } from './check-node.ts';
import { flowProblem } from './flow-problems.ts';

const nameOf = (node: FlowNode): string => (node.kind === 'approval' ? node.name : node.id);
const twice = (ids: readonly string[]): string[] => [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];

/** Ids of the nodes that can be reached from `from` by at least one edge, forward or backward. */
function reach(flow: FlowDefinition, from: readonly string[], direction: 'from' | 'to'): Set<string> {
  const other = direction === 'from' ? 'to' : 'from';
  const seen = new Set<string>();
  const open = [...from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const edge of flow.edges) {
      if (edge[direction] !== id || seen.has(edge[other])) continue;
      seen.add(edge[other]);
      open.push(edge[other]);
    }
  }
  return seen;
}

const ofKind = (flow: FlowDefinition, kind: FlowNode['kind']): FlowNode[] => flow.nodes.filter((node) => node.kind === kind);

function checkParts(flow: FlowDefinition): FlowProblem[] {
  const starts = ofKind(flow, 'start');
  return [
    ...(starts.length === 0 ? [flowProblem('start_missing')] : []),
    ...starts.slice(1).map((node) => flowProblem('start_many', { nodeId: node.id })),
    ...(ofKind(flow, 'end').length === 0 ? [flowProblem('end_missing')] : []),
    ...(ofKind(flow, 'approval').length === 0 ? [flowProblem('approval_missing')] : []),
    ...twice(flow.nodes.map((node) => node.id)).map((id) => flowProblem('node_id_twice', { nodeId: id }, id)),
    ...twice(flow.edges.map((edge) => edge.id)).map((id) => flowProblem('edge_id_twice', { edgeId: id }, id)),
  ];
}

function checkEdges(flow: FlowDefinition): FlowProblem[] {
  const kinds = new Map(flow.nodes.map((node) => [node.id, node.kind]));
  return flow.edges.flatMap((edge) => [
    ...(kinds.has(edge.from) && kinds.has(edge.to) ? [] : [flowProblem('edge_dangling', { edgeId: edge.id }, edge.id)]),
    ...(kinds.get(edge.to) === 'start' ? [flowProblem('edge_into_start', { nodeId: edge.to, edgeId: edge.id })] : []),
    ...(kinds.get(edge.from) === 'end' ? [flowProblem('edge_out_of_end', { nodeId: edge.from, edgeId: edge.id })] : []),
    ...(edge.when?.tests.length === 0 ? [flowProblem('condition_empty', { edgeId: edge.id }, edge.id)] : []),
  ]);
}

function checkWays(flow: FlowDefinition): FlowProblem[] {
  const idsOf = (kind: FlowNode['kind']) => ofKind(flow, kind).map((node) => node.id);
  const fromStart = reach(flow, idsOf('start'), 'from');
  const toEnd = reach(flow, idsOf('end'), 'to');
  return flow.nodes.flatMap((node) => {
    const at = { nodeId: node.id };
    const name = nameOf(node);
    return [
      ...(node.kind === 'start' || fromStart.has(node.id) ? [] : [flowProblem('unreachable', at, name)]),
      ...(node.kind === 'end' || toEnd.has(node.id) ? [] : [flowProblem('dead_end', at, name)]),
      ...(reach(flow, [node.id], 'from').has(node.id) ? [flowProblem('cycle', at, name)] : []),
    ];
  });
}

function checkBranches(flow: FlowDefinition): FlowProblem[] {
  return flow.nodes.flatMap((node) => {
    const out = flow.edges.filter((edge) => edge.from === node.id);
    const defaults = out.filter((edge) => edge.when === null).length;
    const at = { nodeId: node.id };
    if (out.length > 0 && defaults === 0) return [flowProblem('default_missing', at, nameOf(node))];
    return defaults > 1 ? [flowProblem('default_many', at, nameOf(node))] : [];
  });
}

const CHECKS: readonly ((flow: FlowDefinition) => FlowProblem[])[] = [checkParts, checkEdges, checkWays, checkBranches];

/**
 * Everything that is wrong with a flow, in both languages and with the node or edge concerned; empty when it may be published.
 * With `staff` it also finds roles that nobody has and votes that nobody can win.
 */
export function checkFlow(flow: FlowDefinition, staff?: Staff): FlowProblem[] {
  const nodes = flow.nodes.filter((node): node is ApprovalNode => node.kind === 'approval');
  return [...CHECKS.flatMap((check) => check(flow)), ...nodes.flatMap((node) => checkNode(node, staff))];
}

/** Whom a node asks, those included to whom it escalates. */
function specsOf(node: FlowNode): ApproverSpec[] {
  if (node.kind !== 'approval') return [];
  const late = node.limit?.onTimeOut;
  return [...node.approvers, ...(late?.kind === 'escalate' ? late.to : [])];
}
const officersAt = (node: FlowNode) => specsOf(node).flatMap((spec) => (spec.kind === 'officer' ? [spec.officerId] : []));

/** Every role that a flow asks. */
export function rolesOf(flow: FlowDefinition): string[] {
  const specs = flow.nodes.flatMap(specsOf);
  return [...new Set(specs.flatMap((spec) => (spec.kind === 'role' ? [spec.role] : [])))];
}

/** Every officer that a flow asks by name. */
export const officersOf = (flow: FlowDefinition): string[] => [...new Set(flow.nodes.flatMap(officersAt))];

/** A problem for each step that names officers who can't decide there (`there`: ids of those who can). */
export function absentOfficers(flow: FlowDefinition, there: ReadonlySet<string>): FlowProblem[] {
  return flow.nodes.flatMap((node) =>
    officersAt(node).some((id) => !there.has(id)) ? [flowProblem('officer_absent', { nodeId: node.id }, nameOf(node))] : [],
  );
}
