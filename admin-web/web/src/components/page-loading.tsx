import { Spin } from 'antd';

export function PageLoading() {
  return (
    <div className="page-loading" data-testid="loading">
      <Spin size="large" />
    </div>
  );
}
