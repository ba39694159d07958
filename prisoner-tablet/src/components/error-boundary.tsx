import { Component, type ReactNode } from 'react';

const RELOAD_MS = 5000;

/** A kiosk has nobody to press reload: after a defect it starts anew by itself. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override componentDidCatch(error: unknown) {
    console.error(error);
    setTimeout(() => location.reload(), RELOAD_MS);
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="screen centred">
        <h1>系统正在恢复，请稍候…</h1>
        <p>The system is recovering, please wait…</p>
      </main>
    );
  }
}
