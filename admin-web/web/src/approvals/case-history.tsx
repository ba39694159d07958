import type { CaseHistoryEntry, FlowDefinition } from '@qinqiao/contracts';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Timeline } from 'antd';
import { momentOf } from '../components/format.ts';
import { LoadMore } from '../components/load-more.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { CASES } from './keys.ts';

const COLOURS: Partial<Record<CaseHistoryEntry['kind'], string>> = {
  approve: 'green',
  refuse: 'red',
  return: 'orange',
  escalate: 'red',
  timeOut: 'red',
  remind: 'orange',
  withdraw: 'gray',
};

interface Props {
  id: string;
  /** Of the case: a new one has more history. */
  version: number;
  definition: FlowDefinition;
}

/** What was done to a case, oldest first. */
export function CaseHistory({ id, version, definition }: Props) {
  const t = useText();
  const query = useInfiniteQuery({
    queryKey: [...CASES, id, 'history', version],
    queryFn: ({ pageParam }) => api.listCaseHistory({ params: { id }, query: { limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const nodes = new Map(definition.nodes.map((node) => [node.id, node.kind === 'approval' ? node.name : node.id]));
  const items = (query.data?.pages.flatMap((page) => page.items) ?? []).map((entry) => ({
    key: entry.seq,
    color: COLOURS[entry.kind] ?? 'blue',
    content: (
      <div data-testid="history-entry" data-kind={entry.kind}>
        <b>{t(`approvals.history.${entry.kind}`, { to: entry.toName ?? nodes.get(entry.toNodeId ?? '') ?? '' })}</b>
        <span className="history-who">{entry.actorName}</span>
        <small className="muted digits">{momentOf(entry.at)}</small>
        {entry.text && <p>{entry.text}</p>}
      </div>
    ),
  }));
  return (
    <>
      <Timeline items={items} />
      <LoadMore query={query} />
    </>
  );
}
