import { Badge } from 'antd';

export function AlertCount({ count }: { count: number }) {
  return count > 0 ? (
    <Badge count={count} overflowCount={999} data-testid="alert-count" />
  ) : (
    <span className="muted" data-testid="alert-count">
      0
    </span>
  );
}
