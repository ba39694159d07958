import { Alert, Button } from 'antd';
import { useNavigate } from 'react-router-dom';
import { PageFrame } from '../components/page-frame.tsx';
import { useText } from '../i18n/index.ts';
import { session, useSession } from '../session/session.ts';
import './account.css';
import { FactorsPanel } from './factors-panel.tsx';
import { PasswordPanel } from './password-panel.tsx';
import { OwnSessionsPanel } from './own-sessions-panel.tsx';
import { useTodo } from './todo.ts';

/** Password, second factors and sessions of the officer himself. */
export function AccountPage() {
  const t = useText();
  const navigate = useNavigate();
  const opened = useSession();
  const { left, done } = useTodo();
  const mustDo = (opened?.todo ?? []).length > 0;
  const begin = () => {
    session.settle();
    void navigate('/', { replace: true });
  };
  return (
    <PageFrame title={t('account.title')} testId="account-page">
      {left.includes('password') && <Alert type="warning" showIcon title={t('account.todoPassword')} data-testid="todo-password" />}
      {left.includes('factor') && <Alert type="warning" showIcon title={t('account.todoFactor')} data-testid="todo-factor" />}
      {mustDo && left.length === 0 && (
        <Alert
          type="success"
          showIcon
          title={t('account.todoDone')}
          action={
            <Button type="primary" onClick={begin} data-testid="todo-begin">
              {t('account.start')}
            </Button>
          }
        />
      )}
      <div className="account-panels">
        <PasswordPanel onDone={() => done('password')} />
        <FactorsPanel onAdded={() => done('factor')} />
        {left.length === 0 && <OwnSessionsPanel />}
      </div>
    </PageFrame>
  );
}
