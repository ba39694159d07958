import { type AppointmentView } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Button, Descriptions, Drawer, Input, Popconfirm, Skeleton, Space, Timeline } from 'antd';
import { useState } from 'react';
import { clockOf, dayOf, momentOf } from '../components/format.ts';
import { ErrorView } from '../components/error-view.tsx';
import { useAct } from '../components/use-act.ts';
import { type TextKey, useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { BookForm } from './book-form.tsx';
import { StateTag } from './state-tag.tsx';

interface Props {
  id: string | null;
  onClose: () => void;
  onChanged: () => Promise<unknown>;
}

/** One appointment: what it is, why it is so, what happened to it, and what can be done. */
export function AppointmentDrawer({ id, onClose, onChanged }: Props) {
  const t = useText();
  const query = useQuery({
    queryKey: ['appointments', 'one', id],
    queryFn: () => api.getAppointment({ params: { id: id ?? '' } }),
    enabled: id !== null,
  });
  return (
    <Drawer title={t('bookings.detail')} open={id !== null} onClose={onClose} size={560} data-testid="appointment-drawer">
      {query.isError && <ErrorView error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && <Skeleton active />}
      {query.data && <Detail appointment={query.data} onChanged={onChanged} />}
    </Drawer>
  );
}

function Detail({ appointment, onChanged }: { appointment: AppointmentView; onChanged: () => Promise<unknown> }) {
  const t = useText();
  const language = useLanguage();
  const { kind, startsAt, endsAt, companions, reason } = appointment;
  const persons = companions.map(({ name, relation, minor }) =>
    t('common.bracketed', { text: name, more: minor ? `${relation} · ${t('bookings.minor')}` : relation }),
  );
  const rows: [string, React.ReactNode][] = [
    [t('bookings.state'), <StateTag key="state" state={appointment.state} />],
    ...(reason ? [[t('bookings.reason'), reason[language]] as [string, React.ReactNode]] : []),
    [t('bookings.kind'), t(`bookings.kinds.${kind}`)],
    [t('bookings.time'), `${dayOf(startsAt)} ${clockOf(startsAt)}–${clockOf(endsAt)}`],
    [t('bookings.inmate'), `${appointment.inmateName} ${appointment.inmateNumber} · ${appointment.prisonName} ${appointment.wardName}`],
    [t('bookings.family'), t('common.bracketed', { text: appointment.familyName, more: appointment.relation })],
    [t('bookings.companions'), persons.join('、') || t('bookings.noCompanions')],
    [t('bookings.room'), appointment.roomName ?? t('bookings.noRoom')],
    [t('bookings.rule'), appointment.decidedByRule ?? t('bookings.byOfficer')],
    [t('bookings.bookedBy'), `${appointment.bookedBy.name} ${momentOf(appointment.bookedAt)}`],
  ];
  return (
    <>
      <Descriptions
        column={1}
        size="small"
        bordered
        items={rows.map(([label, children], key) => ({ key, label, children }))}
        styles={{ label: { width: 120 } }}
      />
      <Acts appointment={appointment} onChanged={onChanged} />
      <h3 style={{ marginTop: 20 }}>{t('bookings.history')}</h3>
      <History appointment={appointment} />
    </>
  );
}

function Acts({ appointment, onChanged }: { appointment: AppointmentView; onChanged: () => Promise<unknown> }) {
  const t = useText();
  const { busy, act } = useAct();
  const [reason, setReason] = useState('');
  const [moving, setMoving] = useState(false);
  const { id, version, can } = appointment;
  const cancel = async () => {
    await api.cancelAppointment({ params: { id }, body: { reason: reason.trim(), version } });
    await onChanged();
  };
  if (!can.change && !can.cancel) return null;
  return (
    <Space style={{ marginTop: 16 }}>
      {can.change && (
        <Button onClick={() => setMoving(true)} data-testid="appointment-change">
          {t('bookings.change')}
        </Button>
      )}
      {can.cancel && (
        <Popconfirm
          title={t('bookings.cancelTitle')}
          description={
            <Input
              value={reason}
              onChange={({ target }) => setReason(target.value)}
              placeholder={t('bookings.cancelReason')}
              maxLength={200}
              data-testid="cancel-reason"
            />
          }
          okText={t('bookings.cancel')}
          okButtonProps={{ danger: true, disabled: reason.trim() === '' }}
          onConfirm={() => void act(cancel, t('bookings.cancelled'))}
        >
          <Button danger loading={busy} data-testid="appointment-cancel">
            {t('bookings.cancel')}
          </Button>
        </Popconfirm>
      )}
      <BookForm open={moving} instead={appointment} onClose={() => setMoving(false)} onBooked={onChanged} />
    </Space>
  );
}

function History({ appointment }: { appointment: AppointmentView }) {
  const t = useText();
  const language = useLanguage();
  const { data } = useQuery({
    queryKey: ['appointments', 'events', appointment.id, appointment.version],
    queryFn: () => api.listAppointmentEvents({ params: { id: appointment.id } }),
  });
  const items = (data?.items ?? []).map(({ at, kind, actorName, detail }, key) => {
    const { reason } = detail as { reason?: { zh: string; en: string } | null };
    return {
      key,
      content: (
        <div data-testid="appointment-event" data-kind={kind}>
          <b>{t(`bookings.events.${kind}` as TextKey)}</b> {momentOf(at)} · {actorName}
          {reason && <div>{reason[language]}</div>}
        </div>
      ),
    };
  });
  return <Timeline items={items} />;
}
