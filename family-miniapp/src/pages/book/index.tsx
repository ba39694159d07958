import { type AppointmentKind, type AppointmentView, QinqiaoError, type SlotView } from '@qinqiao/contracts';
import { Button, Text, View } from '@tarojs/components';
import { useRouter } from '@tarojs/taro';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { HoldClock } from '../../components/hold-clock';
import { ChoiceField } from '../../components/fields';
import { InmateField } from '../../components/inmate-field';
import { Card, Problem, Row, Tag } from '../../components/parts';
import { QuotaCard } from '../../components/quota-card';
import { Screen } from '../../components/screen';
import { SlotPicker } from '../../components/slot-picker';
import { TONES } from '../../components/appointment-card';
import { language } from '../../i18n';
import { api, goTo, openPage } from '../../state/session';
import { dayAndTime } from '../../state/times';
import { useData } from '../../state/use-data';
import { useHold } from '../../state/use-hold';

const KINDS: readonly AppointmentKind[] = ['video', 'visit'];

/** Books: whom, how, when, who comes along. With `change` an appointment is moved instead. */
export default function Book() {
  const { t } = useTranslation();
  const { inmate = '', change } = useRouter().params;
  const [inmateId, setInmateId] = useState(inmate);
  const [kind, setKind] = useState<AppointmentKind>('video');
  const [moving, setMoving] = useState<AppointmentView | null>(null);
  const [slot, setSlot] = useState<SlotView | null>(null);
  const [companionIds, setCompanionIds] = useState<string[]>([]);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [done, setDone] = useState<AppointmentView | null>(null);
  const [round, setRound] = useState(0);
  const { hold, leftMs, take, drop, used } = useHold();

  useEffect(() => {
    const load = async (id: string) => {
      const found = await api.getAppointment({ params: { id } });
      setMoving(found);
      setInmateId(found.inmateId);
      setKind(found.kind);
      setCompanionIds(found.companions.map((companion) => companion.id));
    };
    if (change) load(change).catch(setProblem);
  }, [change]);

  const startAnew = () => {
    setSlot(null);
    setProblem(null);
    drop();
  };
  const choose = (one: SlotView) => {
    setProblem(null);
    setSlot(one);
    take(one.id, inmateId).catch((error: unknown) => {
      setSlot(null);
      setProblem(error);
      setRound((before) => before + 1);
    });
  };
  const confirm = async () => {
    if (!slot || busy) return;
    setBusy(true);
    setProblem(null);
    const what = { slotId: slot.id, companionIds, ...(hold ? { holdId: hold.id } : {}) };
    try {
      const booked = moving
        ? await api.changeAppointment({ params: { id: moving.id }, body: { ...what, version: moving.version } })
        : await api.book({ body: { ...what, inmateId } });
      used();
      setDone(booked);
    } catch (error) {
      setProblem(error);
      if (error instanceof QinqiaoError && error.code === 'hold_expired') setSlot(null);
    } finally {
      setBusy(false);
    }
  };
  if (done) return <Booked appointment={done} />;
  const expired = slot !== null && hold !== null && leftMs === 0;
  return (
    <Screen title={t(change ? 'svc.book.change' : 'svc.book.title')} testId="book-page">
      <View className="form">
        {change ? null : (
          <>
            <InmateField
              value={inmateId}
              onChange={(id) => {
                setInmateId(id);
                startAnew();
              }}
            />
            <ChoiceField
              name="kind"
              label={t('svc.book.kind')}
              options={KINDS.map((one) => ({ value: one, label: t(`svc.kinds.${one}`) }))}
              value={[kind]}
              onChange={([one = 'video']) => {
                setKind(one as AppointmentKind);
                startAnew();
              }}
            />
          </>
        )}
        {inmateId ? <QuotaCard inmateId={inmateId} kind={kind} /> : null}
        {inmateId ? (
          <SlotPicker key={`${inmateId} ${kind} ${round}`} inmateId={inmateId} kind={kind} chosen={slot?.id ?? null} onChoose={choose} />
        ) : null}
        {slot ? <Companions value={companionIds} onChange={setCompanionIds} /> : null}
        {hold ? <HoldClock leftMs={leftMs} /> : null}
        <Problem error={problem} />
        {expired ? (
          <Button className="primary" onClick={() => (startAnew(), setRound(round + 1))}>
            {t('svc.book.chooseAgain')}
          </Button>
        ) : (
          <Button className="primary" disabled={busy || !slot || !hold} data-testid="confirm" onClick={() => void confirm()}>
            {busy ? t('svc.sending') : t(change ? 'svc.book.confirmChange' : 'svc.book.confirm')}
          </Button>
        )}
      </View>
    </Screen>
  );
}

function Companions({ value, onChange }: { value: string[]; onChange: (ids: string[]) => void }) {
  const { t } = useTranslation();
  const companions = useData(async () => (await api.listMyCompanions()).items.filter(({ state }) => state === 'approved'));
  if (companions.error !== null) return <Problem error={companions.error} onRetry={companions.reload} />;
  if (!companions.value || companions.value.length === 0) return <Text className="item-hint">{t('svc.book.noCompanions')}</Text>;
  const options = companions.value.map(({ id, name, relation, minor }) => ({
    value: id,
    label: `${name} · ${relation[language()]}${minor ? ` · ${t('svc.companions.minor')}` : ''}`,
  }));
  return <ChoiceField name="companions" label={t('svc.book.companions')} several options={options} value={value} onChange={onChange} />;
}

function Booked({ appointment }: { appointment: AppointmentView }) {
  const { t, i18n } = useTranslation();
  const { state, startsAt, endsAt, inmateName, kind } = appointment;
  return (
    <Screen title={t('svc.book.done')} testId="booked-page" onBack={() => goTo('home')}>
      <Card testId="booked">
        <Text className="card-time">{dayAndTime(startsAt, endsAt, i18n.language)}</Text>
        <Text className="card-who">
          {t(`svc.kinds.${kind}`)} · {inmateName}
        </Text>
        <Tag tone={TONES[state]} text={t(`svc.appointments.states.${state}`)} />
        <Row label={t('svc.reason')} value={appointment.reason?.[language()]} />
        <Text className="card-note">{t(state === 'pending' ? 'svc.book.waits' : 'svc.book.fixed')}</Text>
      </Card>
      <Button className="primary add" data-testid="go-appointments" onClick={() => openPage('appointments')}>
        {t('svc.home.tiles.appointments')}
      </Button>
      <Button className="quiet add" onClick={() => goTo('home')}>
        {t('call.home')}
      </Button>
    </Screen>
  );
}
