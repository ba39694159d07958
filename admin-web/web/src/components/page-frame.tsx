import type { ReactNode } from 'react';

interface Props {
  title: ReactNode;
  /** Beside the title: what the page counts or hints at. */
  hint?: ReactNode;
  /** Buttons, at the right. */
  actions?: ReactNode;
  /** A row of filters below the head. */
  filters?: ReactNode;
  testId?: string;
  children: ReactNode;
}

/** Title, actions, filters, content: the same on every management page. */
export function PageFrame({ title, hint, actions, filters, testId, children }: Props) {
  return (
    <main className="page" data-testid={testId}>
      <div className="page-head">
        <h1>{title}</h1>
        {hint}
        <span className="page-head-space" />
        {actions}
      </div>
      {filters && <div className="page-filters">{filters}</div>}
      {children}
    </main>
  );
}
