import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Popconfirm, Tabs } from 'antd';
import { useState } from 'react';
import { PageFrame } from '../components/page-frame.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import './faces.css';
import { PeopleTab } from './people-tab.tsx';
import { RunsTab } from './runs-tab.tsx';

const REFRESH_MS = 15_000;

/** Whose faces are known, by which pictures, enrolled by whom. */
export function FacesPage() {
  const t = useText();
  const mayEdit = useAllowed('face.edit');
  const [tab, setTab] = useState('people');
  return (
    <PageFrame title={t('faces.title')} hint={<span className="muted">{t('faces.hint')}</span>} testId="faces-page">
      <ServiceNotice onStarted={() => setTab('runs')} />
      <Tabs
        destroyOnHidden
        activeKey={tab}
        onChange={setTab}
        items={[
          { key: 'people', label: t('faces.people'), children: <PeopleTab onBulk={() => setTab('runs')} /> },
          ...(mayEdit ? [{ key: 'runs', label: t('faces.runs'), children: <RunsTab /> }] : []),
        ]}
      />
    </PageFrame>
  );
}

/** Says when nobody can be enrolled, and when faces of another model wait to be computed again. */
function ServiceNotice({ onStarted }: { onStarted: () => void }) {
  const t = useText();
  const queries = useQueryClient();
  const mayEdit = useAllowed('face.edit');
  const { act } = useAct();
  const { data } = useQuery({ queryKey: ['face-service'], queryFn: () => api.getFaceService(), refetchInterval: REFRESH_MS });
  const recompute = async () => {
    if (!(await act(() => api.startFaceRecompute(), t('faces.recomputing')))) return;
    await queries.invalidateQueries({ queryKey: ['face-runs'] });
    onStarted();
  };
  if (data?.healthy === false) return <Alert type="error" showIcon title={t('faces.serviceDown')} data-testid="face-service-down" />;
  if (!data?.outdated) return null;
  return (
    <Alert
      type="warning"
      showIcon
      title={t('faces.outdatedTitle', { count: data.outdated })}
      data-testid="faces-outdated"
      action={
        mayEdit && (
          <Popconfirm title={t('faces.recomputeAsk')} styles={{ root: { maxWidth: 320 } }} onConfirm={() => void recompute()}>
            <Button size="small" data-testid="faces-recompute">
              {t('faces.recompute')}
            </Button>
          </Popconfirm>
        )
      }
    />
  );
}
