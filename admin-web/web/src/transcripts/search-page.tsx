import { formatDuration } from '@qinqiao/client-sdk';
import type { TranscriptHit } from '@qinqiao/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Empty, Tag } from 'antd';
import { useNavigate } from 'react-router-dom';
import { ErrorView } from '../components/error-view.tsx';
import { momentOf } from '../components/format.ts';
import { LoadMore } from '../components/load-more.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { type Translate, useText } from '../i18n/index.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { api } from '../session/api.ts';
import { MarkedText } from './marked-text.tsx';
import { SearchFilters } from './search-filters.tsx';
import { useSearch } from './use-search.ts';
import '../live/live.css';
import './transcripts.css';

const LIMIT = 30;

/** Full-text search over the transcripts of all conversations. */
export function TranscriptSearchPage() {
  const t = useText();
  const navigate = useNavigate();
  const mayOpen = useAllowed('recording.replay');
  const { filter, set } = useSearch();
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
      filters={<SearchFilters filter={filter} onChange={set} />}
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
