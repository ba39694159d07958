import type { RelisteningCount } from '@qinqiao/contracts';
import { countRelistening } from '@qinqiao/domain/relistening';
import { streamWorkbook, toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor } from './access.ts';
import type { ServerDeps } from './context.ts';
import { XLSX } from './files.ts';
import type { RestHandlers } from './router.ts';

const FIRST = { prison: '监狱 Prison', ward: '监区 Ward', officer: '民警 Officer', day: '日期 Day' };
const COLUMNS = [
  { header: '会话数 Total', width: 14 },
  { header: '应复听 To be heard', width: 18 },
  { header: '待复听 Waiting', width: 16 },
  { header: '已复听 Done', width: 14 },
  { header: '超期 Overdue', width: 14 },
  { header: '异常 Abnormal', width: 14 },
  { header: '复听率 Done %', width: 14 },
  { header: '异常率 Abnormal %', width: 18 },
  { header: '已复听时长（小时）Hours', width: 24 },
];

/** How re-listening stands, on the page and as a workbook. */
export function relisteningStatisticsRoutes({ clock }: ServerDeps): Pick<RestHandlers, 'countRelistening' | 'exportRelistening'> {
  return {
    countRelistening: async ({ db, query }) => countRelistening(db, query, toInstant(clock.now())),
    exportRelistening: async ({ db, officer, query }) => {
      const at = toInstant(clock.now());
      const { items, total } = await countRelistening(db, query, at);
      const subject = { kind: 'relistening', id: query.by };
      await writeAudit(db, { at, actor: officerActor({ officer }), action: 'relistening.export', subject, detail: { ...query } });
      const rows = [...items, { ...total, name: '合计 Total' }].map(rowOf);
      const content = streamWorkbook('复听统计', [{ header: FIRST[query.by], width: 24 }, ...COLUMNS], each(rows));
      return { name: `复听统计-${query.from}-${query.to}.xlsx`, type: XLSX, content };
    },
  };
}

function rowOf({ name, total, wanted, waiting, done, overdue, abnormal, doneShare, abnormalShare, hours }: RelisteningCount) {
  return [name || '—', total, wanted, waiting, done, overdue, abnormal, percent(doneShare), percent(abnormalShare), hours];
}

const percent = (share: number | null) => (share === null ? '' : Math.round(share * 10_000) / 100);

async function* each<Row>(rows: readonly Row[]): AsyncGenerator<Row> {
  for (const row of rows) yield await Promise.resolve(row);
}
