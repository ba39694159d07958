import { Button, Result } from 'antd';
import { Component, type ReactNode } from 'react';
import { i18n } from '../i18n/index.ts';

/** Shows a page that can be reloaded instead of a blank one: a defect, or files of an older build that are gone. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: unknown) {
    console.error(error);
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    const reload = (
      <Button type="primary" onClick={() => location.reload()}>
        {i18n.t('common.reload')}
      </Button>
    );
    return <Result status="error" title={i18n.t('common.pageFailed')} subTitle={i18n.t('common.pageFailedText')} extra={reload} />;
  }
}
