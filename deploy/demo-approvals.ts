import {
  type ApprovalNode,
  type ApprovalType,
  type ApproverSpec,
  type Facts,
  type FlowDefinition,
  type FlowEdge,
} from '@qinqiao/contracts';
import { roleHolders } from '@qinqiao/domain/access';
import { publish, saveDraft, submit } from '@qinqiao/domain/approvals';
import { type Actor, type Clock, type Db, SYSTEM_ACTOR, toInstant } from '@qinqiao/server-kit';

const role = (name: string): ApproverSpec => ({ kind: 'role', role: name });

function step(id: string, name: string, who: string, place: { x: number; y: number }): ApprovalNode {
  const decided = { approvers: [role(who)], mode: 'parallel' as const, rule: { kind: 'any' as const } };
  const limit = { minutes: 24 * 60, remindBefore: 4 * 60, onTimeOut: { kind: 'escalate' as const, to: [role('business-admin')] } };
  return { id, kind: 'approval', name, position: place, ...decided, limit, acts: { return: true, reassign: true, addApprover: true } };
}

const line = (from: string, to: string, when: FlowEdge['when'] = null): FlowEdge => ({ id: `${from}-${to}`, from, to, when });
const MANY: FlowEdge['when'] = {
  match: 'any',
  tests: [
    { fact: 'visitors', op: 'gt', value: 3 },
    { fact: 'keyControl', op: 'eq', value: true },
  ],
};

/** The ward checks; many visitors and inmates under key control go to the prison's administrator too. */
const TWO_STEPS: FlowDefinition = {
  nodes: [
    { id: 'start', kind: 'start', position: { x: 0, y: 20 } },
    step('ward', '监区审核', 'supervisor', { x: 250, y: 0 }),
    step('prison', '监狱审批', 'business-admin', { x: 500, y: 130 }),
    { id: 'end', kind: 'end', position: { x: 750, y: 20 } },
  ],
  edges: [line('start', 'ward'), line('ward', 'prison', MANY), line('ward', 'end'), line('prison', 'end')],
};
const ONE_STEP: FlowDefinition = {
  nodes: [
    { id: 'start', kind: 'start', position: { x: 0, y: 20 } },
    step('prison', '监狱审批', 'business-admin', { x: 250, y: 0 }),
    { id: 'end', kind: 'end', position: { x: 500, y: 20 } },
  ],
  edges: [line('start', 'prison'), line('prison', 'end')],
};
const FLOWS: { type: ApprovalType; name: string; definition: FlowDefinition }[] = [
  { type: 'visit', name: '会见申请审批', definition: TWO_STEPS },
  { type: 'call', name: '视频会见审批', definition: TWO_STEPS },
  { type: 'allowlist', name: '白名单审批', definition: ONE_STEP },
  { type: 'registration', name: '家属注册审批', definition: ONE_STEP },
  { type: 'number', name: '亲情号码审批', definition: ONE_STEP },
  { type: 'extra_call', name: '额外通话审批', definition: ONE_STEP },
];

interface DemoCase {
  type: ApprovalType;
  title: string;
  inmateId: string;
  family: { id: string; name: string };
  facts: Facts;
  snapshot: Record<string, unknown>;
}
const CASES: DemoCase[] = [
  {
    type: 'visit',
    title: '陈秀英申请会见陈建国',
    inmateId: 'demo-inmate-1',
    family: { id: 'demo-family-1', name: '陈秀英' },
    facts: { visitors: 2, relation: 'mother', keyControl: false },
    snapshot: { 会见罪犯: '陈建国（A1001，一监区）', 会见人: '陈秀英（母亲）', 同行人: ['陈小妹（姐妹）'], 方式: '现场会见' },
  },
  {
    type: 'visit',
    title: '李晓梅申请会见李志强',
    inmateId: 'demo-inmate-2',
    family: { id: 'demo-family-2', name: '李晓梅' },
    facts: { visitors: 4, relation: 'wife', keyControl: false },
    snapshot: {
      会见罪犯: '李志强（A1002，一监区）',
      会见人: '李晓梅（妻子）',
      同行人: ['李父', '李母', '李小宝（未成年）'],
      方式: '现场会见',
    },
  },
  {
    type: 'allowlist',
    title: '王小雨申请加入视频会见白名单',
    inmateId: 'demo-inmate-3',
    family: { id: 'demo-family-3', name: '王小雨' },
    facts: { relation: 'daughter' },
    snapshot: { 罪犯: '王海涛（B2001，二监区）', 申请人: '王小雨（女儿）', 材料: '户口簿、身份证正反面' },
  },
];

/** Published flows and open applications, so that there is something to decide. */
export async function addDemoApprovals(db: Db, clock: Clock, prisonId: string): Promise<void> {
  const at = toInstant(clock.now());
  for (const flow of FLOWS) {
    const ref = await saveDraft(db, { ...flow, prisonId, revision: null }, SYSTEM_ACTOR, at);
    await publish(db, roleHolders, ref, SYSTEM_ACTOR, at);
  }
  for (const [index, { family, ...one }] of CASES.entries()) {
    const applicant: Actor = { role: 'family', ...family };
    await submit(db, roleHolders, { ...one, prisonId, subject: { kind: 'demo', id: `demo-case-${index + 1}` } }, applicant, at);
  }
}
