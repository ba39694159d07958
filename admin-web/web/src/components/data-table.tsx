import { useInfiniteQuery } from '@tanstack/react-query';
import { Empty, Table, type TableColumnsType, type TableProps } from 'antd';
import { type HTMLAttributes, type Key, useMemo } from 'react';
import { useText } from '../i18n/index.ts';
import { ErrorView } from './error-view.tsx';
import { LoadMore } from './load-more.tsx';

interface Page<Row> {
  items: Row[];
  next: string | null;
}

interface Props<Row extends object> {
  /** Of react-query; filters belong into it. */
  queryKey: readonly unknown[];
  /** One page of the list; `cursor` is undefined for the first. */
  read: (cursor: string | undefined) => Promise<Page<Row>>;
  columns: TableColumnsType<Row>;
  rowKey: string | ((row: Row) => Key);
  onOpen?: (row: Row) => void;
  rowTestId?: string;
  selection?: NonNullable<TableProps<Row>['rowSelection']>;
  emptyText?: string;
  /** Width below which the table scrolls sideways, px. */
  minWidth?: number;
  /** Asks again, ms. */
  refetchInterval?: number;
}

/** A list that is paged by key: rows as they are read, and a button for more. */
export function DataTable<Row extends object>(props: Props<Row>) {
  const t = useText();
  const { queryKey, read, columns, rowKey, onOpen, rowTestId, selection, emptyText, minWidth, refetchInterval } = props;
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: refetchInterval ?? false,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  if (query.isError && !query.data) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  const attributes = (row: Row) =>
    ({
      ...(rowTestId ? { 'data-testid': rowTestId } : {}),
      ...(onOpen ? { onDoubleClick: () => onOpen(row) } : {}),
    }) as HTMLAttributes<HTMLElement>;
  return (
    <>
      <Table<Row>
        className="panel"
        size="middle"
        rowKey={rowKey}
        columns={columns}
        dataSource={rows}
        loading={query.isPending}
        pagination={false}
        scroll={{ x: minWidth ?? 'max-content' }}
        onRow={attributes}
        locale={{ emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={emptyText ?? t('common.noData')} /> }}
        {...(selection ? { rowSelection: selection } : {})}
      />
      <LoadMore query={query} />
    </>
  );
}
