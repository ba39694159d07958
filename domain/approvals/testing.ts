import type { ApprovalNode, FlowDefinition, FlowEdge, FlowNode } from '@qinqiao/contracts';
import type { Seat } from './case.ts';

/** What the tests of this folder build flows of. */
export const seat = (id: string): Seat => ({ id, name: `民警${id}`, actingFor: null });

const position = { x: 0, y: 0 };
export const START: FlowNode = { kind: 'start', id: 'start', position };
export const END: FlowNode = { kind: 'end', id: 'end', position };
export const ALL_ACTS = { return: true, reassign: true, addApprover: true };

/** An approval node that asks the role of its own name. */
export function approvalNode(id: string, change: Partial<Omit<ApprovalNode, 'id' | 'kind'>> = {}): ApprovalNode {
  const approvers = [{ kind: 'role' as const, role: id }];
  const decide = { mode: 'parallel' as const, rule: { kind: 'any' as const }, limit: null, acts: ALL_ACTS };
  return { kind: 'approval', id, name: id, position, approvers, ...decide, ...change };
}

export const edge = (from: string, to: string, when: FlowEdge['when'] = null): FlowEdge => ({ id: `${from}-${to}`, from, to, when });

/** start → these nodes in their order → end. */
export function chain(...nodes: ApprovalNode[]): FlowDefinition {
  const ids = ['start', ...nodes.map(({ id }) => id), 'end'];
  return { nodes: [START, ...nodes, END], edges: ids.slice(1).map((id, index) => edge(ids[index] as string, id)) };
}

/** Numbers in [0, 1), the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
