import { Tabs } from 'antd';
import { PageFrame } from '../components/page-frame.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { RetentionTab } from './retention-tab.tsx';
import { SpaceTab } from './space-tab.tsx';
import './storage.css';

/** How full the stores of recordings are, and how long recordings are kept. */
export function StoragePage() {
  const t = useText();
  const [maySeeSpace, mayEditRules] = [useAllowed('storage.read'), useAllowed('retention.edit')];
  const tabs = [
    ...(maySeeSpace ? [{ key: 'space', label: t('storage.tabs.space'), children: <SpaceTab /> }] : []),
    ...(mayEditRules
      ? [{ key: 'rules', label: <span data-testid="tab-rules">{t('storage.tabs.rules')}</span>, children: <RetentionTab /> }]
      : []),
  ];
  return (
    <PageFrame title={t('storage.title')} testId="storage-page">
      <Tabs items={tabs} />
    </PageFrame>
  );
}
