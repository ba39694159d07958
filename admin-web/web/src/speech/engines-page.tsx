import { PlusOutlined } from '@ant-design/icons';
import type { SpeechEngineView } from '@qinqiao/contracts';
import { Button, Tabs, Typography } from 'antd';
import { useState } from 'react';
import { PageFrame } from '../components/page-frame.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { EngineForm } from './engine-form.tsx';
import { EnginesTab } from './engines-tab.tsx';
import { RoutesTab } from './routes-tab.tsx';

/** Which engines there are, how they are, and whose calls they hear. */
export function EnginesPage() {
  const t = useText();
  const mayEdit = useAllowed('speech.edit');
  const [edited, setEdited] = useState<SpeechEngineView | 'new' | null>(null);
  return (
    <PageFrame
      title={t('speech.title')}
      hint={<Typography.Text type="secondary">{t('speech.live')}</Typography.Text>}
      testId="speech-engines-page"
      actions={
        mayEdit && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')} data-testid="speech-engine-add">
            {t('speech.add')}
          </Button>
        )
      }
    >
      <Tabs
        destroyOnHidden
        items={[
          { key: 'engines', label: t('speech.engines'), children: <EnginesTab onEdit={setEdited} /> },
          { key: 'routes', label: t('speech.routes'), children: <RoutesTab /> },
        ]}
      />
      <EngineForm engine={edited} onClose={() => setEdited(null)} />
    </PageFrame>
  );
}
