import { HOMOPHONES, type Homophones, type Localised, parseOrThrow, WordQuery, type WordView } from '@qinqiao/contracts';
import { dayOf } from '@qinqiao/server-kit';
import { listOrgUnits } from '../organisation/index.ts';
import { listDictionaries } from '../settings/index.ts';
import type { ExportContext, TransferColumn, TransferKind } from '../transfers/kind.ts';
import { listWords } from './list.ts';
import { openWordImporter } from './import.ts';

const HOMOPHONE_WORDS: Record<Homophones, Localised> = {
  off: { zh: '不匹配', en: 'off' },
  usual: { zh: '常规', en: 'usual' },
  wide: { zh: '宽松', en: 'wide' },
};
/** Stands for all prisons in files. */
const ALL: Localised = { zh: '全部', en: 'all' };

const COLUMNS: readonly TransferColumn[] = [
  { key: 'word', title: { zh: '敏感词', en: 'Word' }, width: 20, required: true },
  { key: 'level', title: { zh: '级别', en: 'Level' }, width: 8, note: { zh: '1 提示、2 严重、3 最高；空为 2', en: '1 to 3; empty is 2' } },
  {
    key: 'category',
    title: { zh: '类别', en: 'Category' },
    width: 16,
    note: { zh: '字典“敏感词类别”中的名称', en: 'as in the dictionary of categories' },
  },
  { key: 'note', title: { zh: '释义', en: 'Explanation' }, width: 30 },
  {
    key: 'prisonIds',
    title: { zh: '适用监狱', en: 'Prisons' },
    width: 24,
    note: { zh: '“全部”或监狱名称，多个用顿号分开', en: 'all, or names of prisons with commas between' },
  },
  { key: 'validFrom', title: { zh: '有效期起', en: 'From' }, width: 12 },
  { key: 'validTo', title: { zh: '有效期止', en: 'Until' }, width: 12 },
  { key: 'enabled', title: { zh: '启用', en: 'On' }, width: 8, note: { zh: '是、否；空为是', en: 'yes or no; empty is yes' } },
  {
    key: 'homophones',
    title: { zh: '谐音', en: 'Homophones' },
    width: 10,
    note: { zh: '不匹配、常规（两字须同调）、宽松（不论声调）', en: 'off, usual (two characters need the same tones), wide (any tones)' },
  },
  {
    key: 'near',
    title: { zh: '邻近词', en: 'Near' },
    width: 24,
    note: { zh: '如 带进(6)；传递(10)，括号内为最多相隔字数', en: 'as: bring(6); pass(10), with the most characters between' },
  },
  {
    key: 'exceptions',
    title: { zh: '例外短语', en: 'Exceptions' },
    width: 24,
    note: { zh: '多个用分号分开', en: 'with semicolons between' },
  },
];

/** Names as files show them, by code or id. */
async function namesFor({ db }: Pick<ExportContext, 'db'>) {
  const [categories] = (await listDictionaries(db)).filter(({ code }) => code === 'word_category');
  return {
    categories: new Map(categories?.entries.map(({ code, zh }) => [code, zh]) ?? []),
    prisons: new Map((await listOrgUnits(db)).map(({ id, name }) => [id, name])),
  };
}

async function* exportWords(context: ExportContext): AsyncGenerator<string[][]> {
  const filter = parseOrThrow(WordQuery, context.filter);
  const names = await namesFor(context);
  const cellsOf = (word: WordView): Record<string, string> => ({
    word: word.word,
    level: String(word.level),
    category: names.categories.get(word.category) ?? word.category,
    note: word.note,
    prisonIds: word.prisonIds.length === 0 ? ALL.zh : word.prisonIds.map((id) => names.prisons.get(id) ?? id).join('、'),
    validFrom: word.validFrom ?? '',
    validTo: word.validTo ?? '',
    enabled: word.enabled ? '是' : '否',
    homophones: HOMOPHONE_WORDS[word.homophones].zh,
    near: word.near.map(({ text, within }) => `${text}(${within})`).join('；'),
    exceptions: word.exceptions.join('；'),
  });
  for (let cursor: string | undefined; ; ) {
    const page = await listWords(context.db, context.seen, { ...filter, limit: 1000, cursor }, dayOf(new Date()));
    yield page.items.map((word) => {
      const cells = cellsOf(word);
      return COLUMNS.map(({ key }) => cells[key] ?? '');
    });
    if (page.next === null) return;
    cursor = page.next;
  }
}

/** The list of sensitive words as a workbook, in and out. */
export const wordTransfer: TransferKind = {
  name: 'words',
  title: { zh: '敏感词', en: 'Sensitive words' },
  columns: COLUMNS,
  importPermission: 'word.import',
  confirmImport: true,
  exportPermission: 'word.export',
  tables: ['words', 'word_places'],
  importer: (context) =>
    openWordImporter(context, { homophones: HOMOPHONES.map((code) => [code, HOMOPHONE_WORDS[code]] as const), all: ALL }),
  exporter: exportWords,
};
