import { AllowQuery, type AllowView, parseOrThrow } from '@qinqiao/contracts';
import { type Db, toInstant } from '@qinqiao/server-kit';
import type { TransferColumn, TransferKind } from '../transfers/kind.ts';
import { listAllowRows } from './queries.ts';
import { viewAllowed } from './rows.ts';

const COLUMNS: readonly TransferColumn[] = [
  { key: 'prisonName', title: { zh: '监狱', en: 'Prison' }, width: 18 },
  { key: 'inmateNumber', title: { zh: '罪犯编号', en: 'Inmate number' }, width: 14 },
  { key: 'inmateName', title: { zh: '罪犯姓名', en: 'Inmate' }, width: 12 },
  { key: 'familyName', title: { zh: '亲属姓名', en: 'Family member' }, width: 12 },
  { key: 'familyPhone', title: { zh: '亲属电话', en: 'Phone' }, width: 16 },
  { key: 'relation', title: { zh: '关系', en: 'Relation' }, width: 10 },
  { key: 'kinds', title: { zh: '允许方式', en: 'Kinds' }, width: 26 },
  { key: 'validFrom', title: { zh: '有效期起', en: 'From' }, width: 12 },
  { key: 'validUntil', title: { zh: '有效期止', en: 'Until' }, width: 12 },
  { key: 'state', title: { zh: '状态', en: 'State' }, width: 10 },
  { key: 'reason', title: { zh: '事由', en: 'Reason' }, width: 30 },
  { key: 'decision', title: { zh: '拒绝或终止原因', en: 'Why refused or ended' }, width: 30 },
];
const KINDS = { video: '视频会见', visit: '现场会见', phone: '亲情电话' } as const;
const STATES = { pending: '审核中', active: '有效', refused: '未通过', withdrawn: '已撤回', ended: '已终止' } as const;
const PAGE = 100;

async function* exportAllowlist({ db, filter }: { db: Db; filter: Record<string, string> }): AsyncGenerator<string[][]> {
  const asked = parseOrThrow(AllowQuery, { ...filter, limit: PAGE });
  const now = new Date();
  for (let cursor: string | undefined; ; ) {
    const page = await listAllowRows(db, { ...asked, limit: PAGE, cursor }, now);
    const views = await viewAllowed(db, page.items, toInstant(now));
    yield views.map((view) => {
      const cells: Record<string, string> = {
        ...texts(view),
        kinds: view.kinds.map((kind) => KINDS[kind]).join('、'),
        state: STATES[view.state],
      };
      return COLUMNS.map(({ key }) => cells[key] ?? '');
    });
    if (page.next === null) return;
    cursor = page.next;
  }
}

const texts = ({ prisonName, inmateNumber, inmateName, familyName, familyPhone, ...view }: AllowView) => {
  const { relation, validFrom, validUntil, reason, decision } = view;
  const people = { prisonName, inmateNumber, inmateName, familyName, familyPhone, relation };
  return { ...people, validFrom, validUntil, reason, decision: decision ?? '' };
};

/** The allowlist as a workbook: out only. */
export const allowlistTransfer: TransferKind = {
  name: 'allowlist',
  title: { zh: '白名单', en: 'Allowlist' },
  columns: COLUMNS,
  exportPermission: 'allowlist.export',
  exporter: exportAllowlist,
};
