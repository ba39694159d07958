import type { AppointmentView } from '@qinqiao/contracts';
import { Button, View } from '@tarojs/components';
import Taro from '@tarojs/taro';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AppointmentCard } from '../../components/appointment-card';
import { ChoiceField, LongField } from '../../components/fields';
import { Ask, List, Problem } from '../../components/parts';
import { Screen } from '../../components/screen';
import { api, openPage } from '../../state/session';
import { useData } from '../../state/use-data';

const PAGE = 20;
type When = 'coming' | 'past';

/** Appointments to come, and those that are over. */
export default function Appointments() {
  const { t } = useTranslation();
  const [when, setWhen] = useState<When>('coming');
  const [pages, setPages] = useState(1);
  const appointments = useData(() => readPages(when, pages), `${when} ${pages}`);
  const choose = ([one = 'coming']: string[]) => {
    setWhen(one as When);
    setPages(1);
  };
  const items = { ...appointments, value: appointments.value?.items ?? null };
  return (
    <Screen title={t('svc.home.tiles.appointments')} testId="appointments-page">
      <View className="form">
        <ChoiceField
          name="when"
          label=""
          options={(['coming', 'past'] as const).map((one) => ({ value: one, label: t(`svc.appointments.${one}`) }))}
          value={[when]}
          onChange={choose}
        />
      </View>
      <List
        data={items}
        empty={t('svc.appointments.none')}
        renderItem={(one) => <Appointment key={`${one.id} ${one.version}`} appointment={one} onDone={appointments.reload} />}
      />
      {appointments.value?.more ? (
        <Button className="quiet add" onClick={() => setPages(pages + 1)}>
          {t('more')}
        </Button>
      ) : null}
      {when === 'coming' ? (
        <Button className="primary add" data-testid="go-book" onClick={() => openPage('book')}>
          {t('svc.home.tiles.book')}
        </Button>
      ) : null}
    </Screen>
  );
}

async function readPages(when: When, pages: number): Promise<{ items: AppointmentView[]; more: boolean }> {
  const items: AppointmentView[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pages; page++) {
    const query = { limit: PAGE, ...(when === 'past' ? { past: 'true' as const } : {}), ...(cursor ? { cursor } : {}) };
    const read: { items: AppointmentView[]; next: string | null } = await api.listMyAppointments({ query });
    items.push(...read.items);
    cursor = read.next;
    if (cursor === null) break;
  }
  return { items, more: cursor !== null };
}

function Appointment({ appointment, onDone }: { appointment: AppointmentView; onDone: () => void }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const { id, can, version, callId, state } = appointment;
  const cancel = () => {
    setAsking(false);
    const body = { reason: reason.trim() || t('svc.appointments.noReason'), version };
    api.cancelAppointment({ params: { id }, body }).then(onDone, setProblem);
  };
  return (
    <AppointmentCard appointment={appointment}>
      <Problem error={problem} />
      {callId && (state === 'approved' || state === 'underway') ? (
        <Button className="primary" data-testid="enter" onClick={() => void Taro.navigateTo({ url: `/pages/call/index?id=${callId}` })}>
          {t('enter')}
        </Button>
      ) : null}
      {can.rebook ? (
        <Button className="primary" data-testid="rebook" onClick={() => openPage('book', { inmate: appointment.inmateId })}>
          {t('svc.appointments.rebook')}
        </Button>
      ) : null}
      {can.change ? (
        <Button className="quiet" data-testid="change" onClick={() => openPage('book', { change: id })}>
          {t('svc.book.change')}
        </Button>
      ) : null}
      {can.cancel ? (
        <Button className="quiet danger" data-testid="cancel" onClick={() => setAsking(true)}>
          {t('svc.appointments.cancel')}
        </Button>
      ) : null}
      {asking ? (
        <Ask
          text={t('svc.appointments.cancelAsk')}
          yes={t('svc.appointments.cancel')}
          no={t('svc.keep')}
          onYes={cancel}
          onNo={() => setAsking(false)}
        >
          <LongField name="reason" label={t('svc.appointments.cancelReason')} value={reason} onChange={setReason} />
        </Ask>
      ) : null}
    </AppointmentCard>
  );
}
