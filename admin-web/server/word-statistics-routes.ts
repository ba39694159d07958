import { MOST_WORD_COUNTS, type WordCount, type WordCountBy, type WordCountQuery } from '@qinqiao/contracts';
import { countWords } from '@qinqiao/domain/word-statistics';
import { harmless, streamWorkbook, toInstant, writeAudit } from '@qinqiao/server-kit';
import { officerActor } from './access.ts';
import type { RequestContext, ServerDeps } from './context.ts';
import { XLSX } from './files.ts';
import type { RestHandlers } from './router.ts';

const NAMES: Record<WordCountBy, string> = {
  day: '日期 Day',
  month: '月份 Month',
  word: '敏感词 Word',
  category: '类别 Category',
  prison: '监狱 Prison',
  ward: '监区 Ward',
  inmate: '罪犯 Inmate',
  family: '亲属 Family member',
};
const COLUMNS = [
  '命中次数 Hits',
  '涉及记录 Records',
  '涉及罪犯 Inmates',
  '涉及亲属 Family members',
  '评定正确 Right',
  '评定误报 Wrong',
  '正确率 Right share',
];

/** Figures of sensitive words, of what the officer sees. Those by person, and every export, are audited. */
export function wordStatisticsRoutes({ clock }: ServerDeps): Pick<RestHandlers, 'countWords' | 'exportWordCounts'> {
  const audit = (request: Pick<RequestContext, 'db' | 'officer'>, action: string, query: WordCountQuery) =>
    writeAudit(request.db, {
      at: toInstant(clock.now()),
      actor: officerActor(request),
      action,
      subject: { kind: 'statistics', id: 'words' },
      detail: { ...query },
    });
  return {
    countWords: async (request) => {
      const { items, total } = await countWords(request.db, request.query);
      if (['inmate', 'family'].includes(request.query.by)) await audit(request, 'word.statistics', request.query);
      return { items: items.slice(0, MOST_WORD_COUNTS), rows: items.length, total };
    },
    exportWordCounts: async (request) => {
      const { query } = request;
      const { items, total } = await countWords(request.db, query);
      await audit(request, 'word.statistics.export', query);
      const columns = [NAMES[query.by], ...COLUMNS].map((header) => ({ header, width: 18 }));
      const name = `敏感词统计-${query.from}-${query.to}.xlsx`;
      return { name, type: XLSX, content: streamWorkbook('敏感词统计 Words', columns, rowsOf(items, total)) };
    },
  };
}

async function* rowsOf(items: readonly WordCount[], total: WordCount): AsyncGenerator<string[]> {
  for (const row of items) yield cellsOf(row, row.name);
  yield cellsOf(total, '合计 Total');
}

function cellsOf({ hits, records, inmates, families, right, wrong, rightShare }: WordCount, name: string): string[] {
  const share = rightShare === null ? '' : `${Math.round(rightShare * 1000) / 10}%`;
  return [harmless(name), ...[hits, records, inmates, families, right, wrong].map(String), share];
}
