import { Tabs } from 'antd';
import { PageFrame } from '../components/page-frame.tsx';
import { useText } from '../i18n/index.ts';
import { CallsTab } from './calls-tab.tsx';
import { ClientsTab } from './clients-tab.tsx';

/** Third parties that use the REST interface by themselves, and what they called. */
export function ClientsPage() {
  const t = useText();
  return (
    <PageFrame title={t('clients.title')} testId="clients-page">
      <Tabs
        destroyOnHidden
        items={[
          { key: 'clients', label: t('clients.clients'), children: <ClientsTab /> },
          { key: 'calls', label: t('clients.calls'), children: <CallsTab /> },
        ]}
      />
    </PageFrame>
  );
}
