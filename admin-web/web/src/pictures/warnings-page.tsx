import { PICTURE_WARNINGS, PictureWarning, PictureWarningKind, type PictureWarningView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button, DatePicker, Select, type TableColumnsType, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { type Translate, useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { Shares } from './shares.tsx';
import { KindName, VerdictTag } from './tags.tsx';
import { WarningDrawer } from './warning-drawer.tsx';
import './pictures.css';

interface Filter {
  kind?: PictureWarningKind | undefined;
  verdict?: PictureWarning['verdict'] | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

const REFRESH_MS = 15_000;

/** What the server noticed in the pictures of calls, to be judged right or wrong. */
export function WarningsPage() {
  const t = useText();
  const queries = useQueryClient();
  const [filter, setFilter] = useState<Filter>({});
  const [open, setOpen] = useState<PictureWarningView | null>(null);
  const columns = useMemo(() => columnsOf(t, setOpen), [t]);
  const onJudged = (warning: PictureWarningView) => {
    setOpen(warning);
    void queries.invalidateQueries({ queryKey: ['picture-warnings'] });
    void queries.invalidateQueries({ queryKey: ['picture-shares'] });
  };
  return (
    <PageFrame
      title={t('pictures.title')}
      hint={<span className="muted">{t('pictures.hint')}</span>}
      testId="picture-warnings-page"
      filters={<Filters filter={filter} onChange={setFilter} />}
    >
      <Shares />
      <DataTable<PictureWarningView>
        queryKey={['picture-warnings', filter]}
        read={(cursor) => api.listPictureWarnings({ query: { ...filter, limit: 50, cursor } })}
        columns={columns}
        rowKey="id"
        rowTestId="warning-row"
        onOpen={setOpen}
        emptyText={t('pictures.none')}
        minWidth={740}
        refetchInterval={REFRESH_MS}
      />
      <WarningDrawer warning={open} onClose={() => setOpen(null)} onJudged={onJudged} />
    </PageFrame>
  );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (filter: Filter) => void }) {
  const t = useText();
  const language = useLanguage();
  const days = (dates: readonly ({ format: (text: string) => string } | null)[] | null) =>
    onChange({ ...filter, from: dates?.[0]?.format('YYYY-MM-DD'), to: dates?.[1]?.format('YYYY-MM-DD') });
  return (
    <>
      <Select
        allowClear
        placeholder={t('pictures.kind')}
        style={{ width: 240 }}
        options={PictureWarningKind.options.map((value) => ({ value, label: PICTURE_WARNINGS[value][language] }))}
        onChange={(kind?: PictureWarningKind) => onChange({ ...filter, kind })}
        data-testid="warning-kind"
      />
      <Select
        allowClear
        placeholder={t('pictures.verdict')}
        style={{ width: 130 }}
        options={PictureWarning.shape.verdict.options.map((value) => ({ value, label: t(`pictures.verdicts.${value}`) }))}
        onChange={(verdict?: PictureWarning['verdict']) => onChange({ ...filter, verdict })}
        data-testid="warning-verdict"
      />
      <DatePicker.RangePicker
        allowEmpty={[true, true]}
        onChange={days}
        placeholder={[t('pictures.dates'), t('pictures.dates')]}
        style={{ width: 260 }}
      />
    </>
  );
}

const columnsOf = (t: Translate, onOpen: (warning: PictureWarningView) => void): TableColumnsType<PictureWarningView> => [
  { title: t('pictures.at'), key: 'at', width: 165, render: (_, { raisedAt }) => momentOf(raisedAt) },
  {
    title: t('pictures.kind'),
    key: 'kind',
    render: (_, { kind, held }) => (
      <>
        <b>
          <KindName kind={kind} />
        </b>{' '}
        {held && <Tag color="red">{t('pictures.wasHeld')}</Tag>}
      </>
    ),
  },
  { title: t('pictures.party'), key: 'party', width: 95, render: (_, { party }) => t(`role.${party}`) },
  {
    title: t('pictures.call'),
    key: 'call',
    render: (_, { inmateName, familyName, prisonName }) => (
      <>
        {inmateName} — {familyName} <span className="muted">{prisonName}</span>
      </>
    ),
  },
  {
    title: t('pictures.verdict'),
    key: 'verdict',
    width: 150,
    render: (_, { verdict, judgedByName }) => (
      <>
        <VerdictTag verdict={verdict} /> <span className="muted">{judgedByName}</span>
      </>
    ),
  },
  {
    key: 'look',
    width: 70,
    render: (_, warning) => (
      <Button type="link" size="small" onClick={() => onOpen(warning)} data-testid="warning-open">
        {t('pictures.look')}
      </Button>
    ),
  },
];
