import type { FlowProblem } from '@qinqiao/contracts';

type Text = (what: string) => FlowProblem['text'];

/** Everything that can be wrong with a flow. `what` is the name of the node, role or edge concerned. */
export const FLOW_PROBLEMS = {
  start_missing: () => ({ zh: '流程没有开始节点', en: 'The flow has no start' }),
  start_many: () => ({ zh: '流程只能有一个开始节点', en: 'The flow has more than one start' }),
  end_missing: () => ({ zh: '流程没有结束节点', en: 'The flow has no end' }),
  approval_missing: () => ({ zh: '流程没有审批节点', en: 'The flow has no approval step' }),
  node_id_twice: (what) => ({ zh: `节点编号“${what}”重复`, en: `Two nodes have the id “${what}”` }),
  edge_id_twice: (what) => ({ zh: `连线编号“${what}”重复`, en: `Two edges have the id “${what}”` }),
  edge_dangling: (what) => ({ zh: `连线“${what}”的一端没有节点`, en: `The edge “${what}” leads from or to a node that is not there` }),
  edge_into_start: () => ({ zh: '开始节点不能有进入的连线', en: 'No edge may lead to the start' }),
  edge_out_of_end: () => ({ zh: '结束节点不能有离开的连线', en: 'No edge may lead away from an end' }),
  unreachable: (what) => ({ zh: `从开始节点到不了“${what}”`, en: `“${what}” cannot be reached from the start` }),
  dead_end: (what) => ({ zh: `从“${what}”到不了结束节点`, en: `No end can be reached from “${what}”` }),
  cycle: (what) => ({ zh: `“${what}”处于循环中`, en: `“${what}” lies on a cycle` }),
  default_missing: (what) => ({ zh: `“${what}”缺少一条无条件的连线`, en: `“${what}” needs an edge without a condition` }),
  default_many: (what) => ({ zh: `“${what}”有多条无条件的连线`, en: `“${what}” has more than one edge without a condition` }),
  condition_empty: (what) => ({ zh: `连线“${what}”的条件为空`, en: `The condition of the edge “${what}” is empty` }),
  approver_missing: (what) => ({ zh: `“${what}”没有审批人`, en: `“${what}” has no approver` }),
  approver_twice: (what) => ({ zh: `“${what}”的审批人重复`, en: `“${what}” names an approver twice` }),
  role_unstaffed: (what) => ({ zh: `没有人担任角色“${what}”`, en: `Nobody has the role “${what}”` }),
  officer_absent: (what) => ({
    zh: `“${what}”指定的民警不属于本监狱（或上级局）或已停用`,
    en: `“${what}” names an officer who is not of this prison or its bureau, or is disabled`,
  }),
  vote_too_large: (what) => ({ zh: `“${what}”所需票数多于审批人数`, en: `“${what}” needs more votes than it has approvers` }),
  any_in_sequence: (what) => ({
    zh: `“${what}”依次审批且任一人决定，只会询问第一个人`,
    en: `“${what}” asks one after the other and lets any decide, so only the first would be asked`,
  }),
  reminder_too_early: (what) => ({ zh: `“${what}”的提醒早于环节开始`, en: `“${what}” would remind before it begins` }),
  escalation_missing: (what) => ({ zh: `“${what}”超时后没有上报对象`, en: `“${what}” escalates to nobody` }),
} satisfies Record<string, Text>;

export type FlowProblemCode = keyof typeof FLOW_PROBLEMS;

export function flowProblem(code: FlowProblemCode, at: { nodeId?: string; edgeId?: string } = {}, what = ''): FlowProblem {
  return { code, nodeId: at.nodeId ?? null, edgeId: at.edgeId ?? null, text: FLOW_PROBLEMS[code](what) };
}
