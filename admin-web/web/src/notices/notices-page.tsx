import { useState } from 'react';
import { Tabs } from 'antd';
import { PageFrame } from '../components/page-frame.tsx';
import { useText } from '../i18n/index.ts';
import { ListTab } from './list-tab.tsx';
import { TemplatesTab } from './templates-tab.tsx';

/** What families were told by which channel, and the words for it. */
export function NoticesPage() {
  const t = useText();
  const [tab, setTab] = useState('list');
  return (
    <PageFrame title={t('notices.title')} testId="notices-page">
      <Tabs
        activeKey={tab}
        onChange={setTab}
        items={[
          { key: 'list', label: t('notices.tabs.list'), children: <ListTab /> },
          { key: 'templates', label: t('notices.tabs.templates'), children: <TemplatesTab /> },
        ]}
      />
    </PageFrame>
  );
}
