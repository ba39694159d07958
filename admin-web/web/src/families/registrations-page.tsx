import { Tabs } from 'antd';
import { PageFrame } from '../components/page-frame.tsx';
import { useText } from '../i18n/index.ts';
import { CompanionsTab } from './companions-tab.tsx';
import { LinksTab } from './links-tab.tsx';
import '../people/people.css';
import './families.css';

/** What families handed in: links to inmates and companions, with their papers. They are decided in the to-do list. */
export function RegistrationsPage() {
  const t = useText();
  return (
    <PageFrame title={t('families.registrations')} testId="registrations-page">
      <Tabs
        items={[
          { key: 'links', label: t('families.links'), children: <LinksTab /> },
          { key: 'companions', label: t('families.companions'), children: <CompanionsTab /> },
        ]}
      />
    </PageFrame>
  );
}
