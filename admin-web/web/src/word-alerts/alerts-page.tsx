import { type WordAlertView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, DatePicker, Input, Select, type TableColumnsType } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { LEVELS } from '../words/level-tag.tsx';
import { AlertDrawer } from './alert-drawer.tsx';
import { HandlingTag, Sentence, VerdictTag, WordOf } from './alert-line.tsx';
import './word-alerts.css';

type Handled = 'open' | 'escalated';
interface Filter {
  level?: number | undefined;
  word?: string | undefined;
  verdict?: WordAlertView['verdict'] | undefined;
  handled?: Handled | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const REFRESH_MS = 5000;
const VERDICTS = ['open', 'right', 'wrong'] as const;

/** Alerts of sensitive words, to be acknowledged and judged right or wrong. */
export function WordAlertsPage() {
  const t = useText();
  const queries = useQueryClient();
  const [{ handled, ...filter }, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<WordAlertView | null>(null);
  const columns = useMemo(() => columnsOf(t, setOpen), [t]);
  const query = {
    ...filter,
    ...(handled === 'open' && { open: 'true' as const }),
    ...(handled === 'escalated' && { escalated: 'true' as const }),
  };
  const onChanged = (alert: WordAlertView) => {
    setOpen(alert);
    void queries.invalidateQueries({ queryKey: ['word-alerts'] });
  };
  return (
    <PageFrame
      title={t('wordAlerts.title')}
      hint={<span className="muted">{t('wordAlerts.hint')}</span>}
      testId="word-alerts-page"
      filters={<Filters filter={{ ...filter, handled }} onChange={setFilter} />}
    >
      <DataTable<WordAlertView>
        queryKey={['word-alerts', 'list', query]}
        read={(cursor) => api.listWordAlerts({ query: { ...query, limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="alert-row"
        onOpen={setOpen}
        emptyText={t('wordAlerts.none')}
        minWidth={1010}
        refetchInterval={REFRESH_MS}
      />
      <AlertDrawer alert={open} onClose={() => setOpen(null)} onChanged={onChanged} />
    </PageFrame>
  );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const t = useText();
  const days = (dates: readonly ({ format: (text: string) => string } | null)[] | null) =>
    onChange({ ...filter, from: dates?.[0]?.format('YYYY-MM-DD'), to: dates?.[1]?.format('YYYY-MM-DD') });
  return (
    <>
      <Input.Search
        allowClear
        placeholder={t('wordAlerts.word')}
        style={{ width: 160 }}
        maxLength={64}
        onSearch={(word) => onChange({ ...filter, word: word.trim() || undefined })}
        data-testid="alert-word"
      />
      <Select
        allowClear
        placeholder={t('wordAlerts.level')}
        style={{ width: 110 }}
        options={LEVELS.map((level) => ({ value: level as number, label: t('live.level', { level }) }))}
        onChange={(level?: number) => onChange({ ...filter, level })}
        data-testid="alert-level"
      />
      <Select
        allowClear
        placeholder={t('wordAlerts.state')}
        style={{ width: 150 }}
        options={[
          { value: 'open', label: t('wordAlerts.onlyOpen') },
          { value: 'escalated', label: t('wordAlerts.onlyEscalated') },
        ]}
        onChange={(handled?: Handled) => onChange({ ...filter, handled })}
        data-testid="alert-handled"
      />
      <Select
        allowClear
        placeholder={t('wordAlerts.verdict')}
        style={{ width: 120 }}
        options={VERDICTS.map((value) => ({ value, label: t(`wordAlerts.verdicts.${value}`) }))}
        onChange={(verdict?: WordAlertView['verdict']) => onChange({ ...filter, verdict })}
        data-testid="alert-verdict-filter"
      />
      <DatePicker.RangePicker
        allowEmpty={[true, true]}
        onChange={days}
        placeholder={[t('wordAlerts.dates'), t('wordAlerts.dates')]}
        style={{ width: 250 }}
      />
    </>
  );
}

const columnsOf = (t: Translate, onOpen: (alert: WordAlertView) => void): TableColumnsType<WordAlertView> => [
  { title: t('wordAlerts.at'), key: 'at', width: 160, render: (_, { raisedAt }) => momentOf(raisedAt) },
  { title: t('wordAlerts.word'), key: 'word', width: 140, render: (_, alert) => <WordOf alert={alert} /> },
  {
    title: t('wordAlerts.text'),
    key: 'text',
    width: 260,
    render: (_, alert) => (
      <>
        <span className={`speaker-${alert.speaker}`}>{t(`role.${alert.speaker}`)}</span> <Sentence alert={alert} />
      </>
    ),
  },
  {
    title: t('wordAlerts.call'),
    key: 'call',
    width: 170,
    render: (_, { inmateName, familyName, prisonName }) => (
      <>
        {inmateName} — {familyName} <span className="muted">{prisonName}</span>
      </>
    ),
  },
  { title: t('wordAlerts.state'), key: 'state', width: 150, render: (_, alert) => <HandlingTag handling={alert} /> },
  { title: t('wordAlerts.verdict'), key: 'verdict', width: 95, render: (_, { verdict }) => <VerdictTag verdict={verdict} /> },
  {
    key: 'look',
    width: 70,
    render: (_, alert) => (
      <Button type="link" size="small" onClick={() => onOpen(alert)} data-testid="alert-open">
        {t('wordAlerts.look')}
      </Button>
    ),
  },
];
