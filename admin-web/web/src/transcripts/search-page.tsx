import { formatDuration } from '@qinqiao/client-sdk';
import { ConversationKind, type RestInput, Speaker, type TranscriptHit } from '@qinqiao/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { DatePicker, Empty, Input, Select, Tag } from 'antd';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router-dom';
import { ErrorView } from '../components/error-view.tsx';
import { momentOf } from '../components/format.ts';
import { LoadMore } from '../components/load-more.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { SearchSelect } from '../components/search-select.tsx';
import { type Translate, useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { api } from '../session/api.ts';
import { MarkedText } from './marked-text.tsx';
import '../live/live.css';
import './transcripts.css';

type Query = NonNullable<RestInput<'searchTranscripts'>['query']>;
type Filter = Partial<Omit<Query, 'cursor' | 'limit'>>;
const NAMES = ['text', 'prisonId', 'wardId', 'inmateId', 'kind', 'speaker', 'from', 'to'] as const;
const LIMIT = 30;

/** What was searched for, as the address says it: going back from the player shows the same. */
function useFilter() {
  const [search, setSearch] = useSearchParams();
  const filter = useMemo(
    () => Object.fromEntries(NAMES.flatMap((name) => (search.get(name) === null ? [] : [[name, search.get(name)]]))) as Filter,
    [search],
  );
  const set = (change: Partial<Record<(typeof NAMES)[number], string | undefined>>) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(change)) {
          if (value) after.set(name, value);
          else after.delete(name);
        }
        return after;
      },
      { replace: true },
    );
  return { filter, set };
}

/** Full-text search over the transcripts of all conversations. */
export function TranscriptSearchPage() {
  const t = useText();
  const navigate = useNavigate();
  const mayOpen = useAllowed('recording.replay');
  const { filter, set } = useFilter();
  const { text = '' } = filter;
  const query = useInfiniteQuery({
    queryKey: ['transcripts', filter],
    // Each search is audited: it is asked once, not whenever the window comes to the front.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    enabled: text !== '',
    queryFn: ({ pageParam }) => api.searchTranscripts({ query: { ...filter, text, limit: LIMIT, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const hits = query.data?.pages.flatMap((page) => page.items) ?? [];
  const open = ({ conversationId, startMs, text: line, marks }: TranscriptHit) => {
    const [first] = marks;
    const find = first ? line.slice(first.offset, first.offset + first.length) : '';
    void navigate(`/relistening/${conversationId}?at=${startMs}&find=${encodeURIComponent(find)}`);
  };
  return (
    <PageFrame
      title={t('transcripts.title')}
      hint={<small className="muted">{t('transcripts.hint')}</small>}
      testId="transcript-search"
      filters={<Filters filter={filter} onChange={set} />}
    >
      {text === '' && (
        <div className="panel search-begin muted" data-testid="search-begin">
          {t('transcripts.begin')}
        </div>
      )}
      {text !== '' && query.isPending && <PageLoading />}
      {query.isError && !query.data && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && hits.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('transcripts.none')} />}
      <div className="search-hits">
        {hits.map((hit) => (
          <Hit key={hit.segmentId} hit={hit} t={t} {...(mayOpen ? { onOpen: () => open(hit) } : {})} />
        ))}
      </div>
      <LoadMore query={query} />
    </PageFrame>
  );
}

function Hit({ hit, t, onOpen }: { hit: TranscriptHit; t: Translate; onOpen?: () => void }) {
  const beside = (one: TranscriptHit['before']) =>
    one && (
      <p className="beside">
        {t(`role.${one.speaker}`)}：{one.text}
      </p>
    );
  return (
    <button type="button" className="search-hit" onClick={onOpen} disabled={!onOpen} title={t('transcripts.open')} data-testid="search-hit">
      <span className="search-hit-head">
        <time className="digits">{momentOf(hit.spokenAt)}</time>
        <Tag>{t(`relistening.kinds.${hit.kind}`)}</Tag>
        <span>
          <b>{hit.inmateName}</b> {hit.inmateNumber} — {hit.familyName}
          {hit.relation && <span className="muted">{t('common.bracketed', { text: '', more: hit.relation })}</span>}
        </span>
        <span className="muted">
          {hit.prisonName} {hit.wardName}
        </span>
        <span className="page-head-space" />
        {hit.corrected && <Tag color="green">{t('transcripts.corrected')}</Tag>}
        <span className="digits muted">{formatDuration(hit.startMs)}</span>
      </span>
      {beside(hit.before)}
      <p>
        <b className={`speaker-${hit.speaker}`}>{t(`role.${hit.speaker}`)}</b>：
        <MarkedText text={hit.text} found={hit.marks} />
      </p>
      {beside(hit.after)}
    </button>
  );
}

interface FilterProps {
  filter: Filter;
  onChange: (change: Partial<Record<(typeof NAMES)[number], string | undefined>>) => void;
}

function Filters({ filter, onChange }: FilterProps) {
  const t = useText();
  const { prisons, wardsOf } = usePlaces();
  const mayFind = useAllowed('inmate.read');
  const [typed, setTyped] = useState(filter.text ?? '');
  const only = prisons.length === 1 ? prisons[0]?.value : undefined;
  return (
    <>
      <Input.Search
        allowClear
        enterButton={t('transcripts.search')}
        placeholder={t('transcripts.placeholder')}
        value={typed}
        maxLength={200}
        style={{ width: 460 }}
        onChange={({ target }) => setTyped(target.value)}
        onSearch={(text) => onChange({ text: text.trim() || undefined })}
        data-testid="transcript-query"
      />
      <Select
        allowClear
        placeholder={t('transcripts.speaker')}
        value={filter.speaker ?? null}
        style={{ width: 130 }}
        options={Speaker.options.map((value) => ({ value, label: t(`role.${value}`) }))}
        onChange={(speaker?: Speaker) => onChange({ speaker })}
        data-testid="transcript-speaker"
      />
      <Select
        allowClear
        placeholder={t('relistening.kind')}
        value={filter.kind ?? null}
        style={{ width: 120 }}
        options={ConversationKind.options.map((value) => ({ value, label: t(`relistening.kinds.${value}`) }))}
        onChange={(kind?: ConversationKind) => onChange({ kind })}
      />
      <DatePicker.RangePicker
        allowEmpty={[true, true]}
        style={{ width: 250 }}
        value={[filter.from ? dayjs(filter.from) : null, filter.to ? dayjs(filter.to) : null]}
        onChange={(days) => onChange({ from: days?.[0]?.format('YYYY-MM-DD'), to: days?.[1]?.format('YYYY-MM-DD') })}
        aria-label={t('relistening.dates')}
      />
      {mayFind && (
        <div style={{ width: 220, display: 'grid' }}>
          <SearchSelect
            allowClear
            value={filter.inmateId ?? null}
            onChange={(id) => onChange({ inmateId: id ?? undefined })}
            queryKey={['inmates', 'select']}
            find={findInmates}
            known={[]}
            placeholder={t('transcripts.inmate')}
            testId="transcript-inmate"
          />
        </div>
      )}
      {prisons.length > 1 && (
        <Select
          allowClear
          placeholder={t('relistening.prison')}
          value={filter.prisonId ?? null}
          style={{ width: 150 }}
          options={prisons}
          onChange={(prisonId?: string) => onChange({ prisonId, wardId: undefined })}
        />
      )}
      <Select
        allowClear
        placeholder={t('relistening.ward')}
        value={filter.wardId ?? null}
        style={{ width: 120 }}
        options={wardsOf(filter.prisonId ?? only)}
        onChange={(wardId?: string) => onChange({ wardId })}
      />
    </>
  );
}

async function findInmates(text: string) {
  const { items } = await api.listInmates({ query: { limit: 20, ...(text ? { text } : {}) } });
  return items.map(({ id, name, number }) => ({ value: id, label: `${name} ${number}` }));
}
