import type { AppointmentKind, SlotView } from '@qinqiao/contracts';
import { Button, Text, View } from '@tarojs/components';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addDays, dayOf } from '../state/days';
import { api } from '../state/session';
import { clockTime, dayName } from '../state/times';
import { useData } from '../state/use-data';
import { aria } from './aria';
import { Problem } from './parts';

/** So far the contract lets one look at once. */
const DAYS = 31;
/** So many days are shown at first: the times stay in sight. */
const FEW = 6;

interface Props {
  inmateId: string;
  kind: AppointmentKind;
  chosen: string | null;
  onChoose: (slot: SlotView) => void;
}

/** First the day, then the time: only days with slots are shown, and why a slot cannot be had. */
export function SlotPicker({ inmateId, kind, chosen, onChoose }: Props) {
  const { t, i18n } = useTranslation();
  const [day, setDay] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const slots = useData(async () => {
    const from = dayOf(api.clock.now());
    return (await api.listSlots({ query: { inmateId, kind, from, to: addDays(from, DAYS - 1) } })).items;
  }, `${inmateId} ${kind}`);
  const days = useMemo(() => byDay(slots.value ?? []), [slots.value]);
  const open = day !== null && days.has(day) ? day : ([...days].find(([, some]) => some.some(isFree))?.[0] ?? null);
  if (slots.error !== null && slots.value === null) return <Problem error={slots.error} onRetry={slots.reload} />;
  if (slots.value === null) return <View className="empty">{t('loading')}</View>;
  if (days.size === 0) return <View className="empty">{t('svc.book.noSlots')}</View>;
  const shown = all ? [...days] : [...days].filter(([one], index) => index < FEW || one === open);
  return (
    <View>
      <Text className="item-label">{t('svc.book.day')}</Text>
      <View className="chips" {...aria({ role: 'radiogroup', label: t('svc.book.day') })}>
        {shown.map(([one, some]) => {
          const free = some.filter(isFree).length;
          return (
            <Button
              key={one}
              className={one === open ? 'chip chip-on chip-day' : 'chip chip-day'}
              {...aria({ role: 'radio', checked: one === open })}
              data-testid="day"
              data-day={one}
              onClick={() => setDay(one)}
            >
              {dayName(one, i18n.language)}
              <Text className="chip-note">
                {free > 0 ? t('svc.book.free', { count: free }) : t(some.every(isLate) ? 'svc.book.slotStates.too_late' : 'svc.book.full')}
              </Text>
            </Button>
          );
        })}
        {shown.length < days.size ? (
          <Button className="chip chip-day" data-testid="more-days" onClick={() => setAll(true)}>
            {t('svc.book.moreDays')}
          </Button>
        ) : null}
      </View>
      <Text className="item-label">{t('svc.book.time')}</Text>
      <View className="chips" {...aria({ role: 'radiogroup', label: t('svc.book.time') })}>
        {(days.get(open ?? '') ?? []).map((slot) => (
          <Button
            key={slot.id}
            className={`chip chip-time ${slot.id === chosen ? 'chip-on' : ''} ${isFree(slot) ? '' : 'chip-off'}`}
            {...aria({ role: 'radio', checked: slot.id === chosen, disabled: !isFree(slot) })}
            data-testid="slot"
            data-state={slot.state}
            onClick={() => isFree(slot) && onChoose(slot)}
          >
            {clockTime(slot.startsAt)}–{clockTime(slot.endsAt)}
            <Text className="chip-note">
              {slot.state === 'free' ? t('svc.book.places', { count: slot.free }) : t(`svc.book.slotStates.${slot.state}`)}
            </Text>
          </Button>
        ))}
      </View>
    </View>
  );
}

/** What one keeps already can be chosen again, after the page was opened anew. */
const isFree = ({ state }: SlotView) => state === 'free' || state === 'yours';
const isLate = ({ state }: SlotView) => state === 'too_late';

function byDay(slots: readonly SlotView[]): Map<string, SlotView[]> {
  const days = new Map<string, SlotView[]>();
  for (const slot of slots) {
    const day = dayOf(slot.startsAt);
    days.set(day, [...(days.get(day) ?? []), slot]);
  }
  return days;
}
