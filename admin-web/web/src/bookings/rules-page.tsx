import { Select, Tabs } from 'antd';
import { useState } from 'react';
import { PageFrame } from '../components/page-frame.tsx';
import { useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { CalendarTab } from './calendar-tab.tsx';
import { ExceptionsTab } from './exceptions-tab.tsx';
import { ReviewsTab } from './reviews-tab.tsx';
import { RulesTab } from './rules-tab.tsx';
import { SlotsTab } from './slots-tab.tsx';
import './bookings.css';

/** What decides whether somebody can book: numbers and minutes, slots, holidays, pre-review (V02.2, V07, V08). */
export function BookingRulesPage() {
  const t = useText();
  const { prisons } = usePlaces();
  const [chosen, setChosen] = useState<string | null>(null);
  const prisonId = chosen ?? prisons[0]?.value ?? null;
  const tabs = [
    { key: 'rules', Tab: RulesTab },
    { key: 'exceptions', Tab: ExceptionsTab },
    { key: 'slots', Tab: SlotsTab },
    { key: 'calendar', Tab: CalendarTab },
    { key: 'reviews', Tab: ReviewsTab },
  ] as const;
  return (
    <PageFrame
      title={t('bookings.rulesTitle')}
      hint={prisons.length > 1 && <Select style={{ width: 200 }} options={prisons} value={prisonId} onChange={setChosen} />}
      testId="booking-rules-page"
    >
      {prisonId !== null && (
        <Tabs
          destroyOnHidden
          items={tabs.map(({ key, Tab }) => ({ key, label: t(`bookings.ruleTabs.${key}`), children: <Tab prisonId={prisonId} /> }))}
        />
      )}
    </PageFrame>
  );
}
