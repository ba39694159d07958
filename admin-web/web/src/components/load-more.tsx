import { Button } from 'antd';
import { useText } from '../i18n/index.ts';

interface Pages {
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
}

export function LoadMore({ query }: { query: Pages }) {
  const t = useText();
  if (!query.hasNextPage) return null;
  return (
    <Button className="load-more" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()} data-testid="load-more">
      {t('common.loadMore')}
    </Button>
  );
}
