import { DownloadOutlined } from '@ant-design/icons';
import { MOST_COUNTED_DAYS, type WordCount, WordCountBy, type WordCounts } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker, Segmented, Select, Table, type TableColumnsType } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { saveFile } from '../components/save-file.ts';
import { useAct } from '../components/use-act.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';
import { useDictionary } from '../settings/use-dictionary.ts';
import { LEVELS } from './level-tag.tsx';
import '../people/people.css';

const DAYS = 30;
const day = (date: dayjs.Dayjs) => date.format('YYYY-MM-DD');
interface Narrowed {
  prisonId?: string;
  wardId?: string;
  category?: string;
  level?: string;
}

/** Figures of sensitive words by time, word, category, place and person. */
export function WordStatisticsPage() {
  const t = useText();
  const { busy, act } = useAct();
  const [by, setBy] = useState<WordCountBy>('word');
  const [days, setDays] = useState(() => ({ from: day(dayjs().subtract(DAYS - 1, 'day')), to: day(dayjs()) }));
  const [narrowed, setNarrowed] = useState<Narrowed>({});
  const query = { by, ...days, ...narrowed };
  const counts = useQuery({ queryKey: ['word-statistics', query], queryFn: () => api.countWords({ query }) });
  const save = async () => saveFile(await api.exportWordCounts({ query }));
  return (
    <PageFrame
      title={t('words.statistics.title')}
      testId="word-statistics-page"
      actions={
        <Button icon={<DownloadOutlined />} loading={busy} onClick={() => void act(save)} data-testid="word-counts-export">
          {t('words.statistics.export')}
        </Button>
      }
      filters={
        <>
          <Segmented
            value={by}
            options={WordCountBy.options.map((value) => ({ value, label: t(`words.statistics.bys.${value}`) }))}
            onChange={setBy}
            data-testid="word-counts-by"
          />
          <DatePicker.RangePicker
            allowClear={false}
            value={[dayjs(days.from), dayjs(days.to)]}
            disabledDate={(date, { from }) => from !== undefined && Math.abs(date.diff(from, 'day')) >= MOST_COUNTED_DAYS}
            onChange={(dates) => dates?.[0] && dates[1] && setDays({ from: day(dates[0]), to: day(dates[1]) })}
            aria-label={t('words.statistics.days')}
          />
          <Narrow value={narrowed} onChange={setNarrowed} />
        </>
      }
    >
      {counts.isError ? (
        <ErrorView error={counts.error} onRetry={() => void counts.refetch()} />
      ) : (
        <Counts t={t} by={by} data={counts.data} loading={counts.isPending} />
      )}
    </PageFrame>
  );
}

function Narrow({ value, onChange }: { value: Narrowed; onChange: (value: Narrowed) => void }) {
  const t = useText();
  const { prisons, wardsOf } = usePlaces();
  const categories = useDictionary('word_category');
  const set = (change: Partial<Record<keyof Narrowed, string | undefined>>) =>
    onChange(Object.fromEntries(Object.entries({ ...value, ...change }).filter(([, one]) => one)));
  const wards = wardsOf(value.prisonId ?? (prisons.length === 1 ? prisons[0]?.value : undefined));
  const choices = [
    ...(prisons.length > 1 ? [{ name: 'prisonId', label: t('words.statistics.bys.prison'), options: prisons }] : []),
    ...(wards.length > 0 ? [{ name: 'wardId', label: t('words.statistics.bys.ward'), options: wards }] : []),
    { name: 'category', label: t('words.category'), options: categories.options },
    {
      name: 'level',
      label: t('words.level'),
      options: LEVELS.map((level) => ({ value: String(level), label: `${level} ${t(`words.levels.level${level}`)}` })),
    },
  ] as const;
  return choices.map(({ name, label, options }) => (
    <Select
      key={name}
      allowClear
      className="people-filter"
      placeholder={label}
      options={[...options]}
      value={value[name as keyof Narrowed] ?? null}
      onChange={(chosen?: string | null) => set({ [name]: chosen ?? undefined, ...(name === 'prisonId' ? { wardId: undefined } : {}) })}
    />
  ));
}

const NUMBERS = ['hits', 'records', 'inmates', 'families', 'right', 'wrong'] as const;
const percent = (share: number | null) => (share === null ? '—' : `${Math.round(share * 1000) / 10} %`);

function Counts({ t, by, data, loading }: { t: Translate; by: WordCountBy; data: WordCounts | undefined; loading: boolean }) {
  const categories = useDictionary('word_category');
  const nameOf = ({ key, name }: WordCount) => (by === 'category' ? categories.nameOf(key) : name) || t('words.statistics.unknown');
  const columns: TableColumnsType<WordCount> = [
    { title: t(`words.statistics.bys.${by}`), key: 'name', width: 200, render: (_, row) => nameOf(row) },
    ...NUMBERS.map((name) => ({
      title: t(`words.statistics.${name}`),
      dataIndex: name,
      width: 110,
      align: 'right' as const,
      render: (value: number) => <span className="digits">{value}</span>,
    })),
    { title: t('words.statistics.rightShare'), dataIndex: 'rightShare', width: 110, align: 'right', render: percent },
  ];
  const sums = () => data && sumRow(t, data.total);
  const hidden = data ? data.rows - data.items.length : 0;
  return (
    <>
      <Table<WordCount>
        className="panel"
        rowKey="key"
        size="middle"
        columns={columns}
        dataSource={data?.items ?? []}
        loading={loading}
        pagination={data && data.items.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
        scroll={{ x: 900 }}
        onRow={(row) => ({ 'data-testid': 'word-count', 'data-key': row.key }) as object}
        summary={sums}
      />
      {hidden > 0 && <p className="muted">{t('words.statistics.more', { count: hidden })}</p>}
    </>
  );
}

function sumRow(t: Translate, total: WordCount) {
  const cells = [t('words.statistics.sum'), ...NUMBERS.map((name) => total[name]), percent(total.rightShare)];
  return (
    <Table.Summary.Row>
      {cells.map((cell, index) => (
        <Table.Summary.Cell key={index} index={index} align={index > 0 ? 'right' : 'left'}>
          <b className="digits">{cell}</b>
        </Table.Summary.Cell>
      ))}
    </Table.Summary.Row>
  );
}
