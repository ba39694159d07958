import { QinqiaoError } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Image, Spin } from 'antd';
import { useEffect, useMemo } from 'react';
import { ErrorView } from './error-view.tsx';

interface Props {
  /** Of react-query. */
  queryKey: readonly unknown[];
  /** Fetches it; each look is recorded by the server. */
  read: () => Promise<{ blob: Blob }>;
  alt: string;
  /** px. */
  width: number;
  testId?: string;
  /** Said in the place of one that was there and is kept no more. */
  gone?: string;
}

/** A picture that each look at is audited: fetched once for each opening, and nothing of it is kept. */
export function AuditedPicture({ queryKey, read, alt, width, testId, gone }: Props) {
  const found = useQuery({ queryKey, queryFn: read, gcTime: 0, staleTime: Number.POSITIVE_INFINITY });
  const url = useMemo(() => (found.data ? URL.createObjectURL(found.data.blob) : null), [found.data]);
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);
  if (gone !== undefined && found.error instanceof QinqiaoError && found.error.code === 'not_found') return <p className="muted">{gone}</p>;
  if (found.isError) return <ErrorView error={found.error} onRetry={() => void found.refetch()} />;
  return url ? <Image src={url} alt={alt} width={width} data-testid={testId} /> : <Spin />;
}
