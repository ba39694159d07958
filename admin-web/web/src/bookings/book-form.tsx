import type { AppointmentKind, AppointmentView } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { App, DatePicker, Empty, Form, Radio, Select } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { FormModal } from '../components/form-modal.tsx';
import { clockOf, dayOf } from '../components/format.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { InmateSelect } from '../people/inmate-select.tsx';
import { api } from '../session/api.ts';
import { QuotaLines } from './quota-lines.tsx';

interface Values {
  inmateId: string;
  familyId: string;
  kind: AppointmentKind;
  day: Dayjs;
  slotId: string;
}
interface Props {
  open: boolean;
  /** The appointment that is moved; null: a new one is booked. */
  instead: AppointmentView | null;
  onClose: () => void;
  onBooked: () => Promise<unknown>;
}

/** Books for a family member, or moves what is booked. */
export function BookForm({ open, instead, onClose, onBooked }: Props) {
  const t = useText();
  const language = useLanguage();
  const { message } = App.useApp();
  const [form] = Form.useForm<Values>();
  const save = async ({ inmateId, familyId, slotId }: Values) => {
    const companionIds = instead?.companions.map(({ id }) => id) ?? [];
    const done = instead
      ? await api.changeAppointment({ params: { id: instead.id }, body: { slotId, companionIds, version: instead.version } })
      : await api.book({ body: { inmateId, familyId, slotId } });
    if (done.state === 'refused') message.warning(t('bookings.bookedRefused', { reason: done.reason?.[language] ?? '' }));
    else message.success(t('bookings.booked'));
    await onBooked();
  };
  const initial = instead
    ? { inmateId: instead.inmateId, familyId: instead.familyId, kind: instead.kind, day: dayjs(instead.startsAt) }
    : { kind: 'video' as const, day: dayjs().add(1, 'day') };
  return (
    <FormModal<Values>
      title={instead ? t('bookings.changeTitle') : t('bookings.bookTitle')}
      open={open}
      onClose={onClose}
      onSave={save}
      form={form}
      initial={initial}
      saveText={instead ? t('bookings.change') : t('bookings.book')}
      testId="book-form"
    >
      {open && <Fields moving={instead !== null} />}
    </FormModal>
  );
}

function Fields({ moving }: { moving: boolean }) {
  const t = useText();
  const form = Form.useFormInstance<Values>();
  const required = [{ required: true, message: t('common.required') }];
  const inmateId = Form.useWatch('inmateId', form);
  return (
    <>
      <Form.Item name="inmateId" label={t('bookings.inmate')} rules={required} hidden={moving}>
        <InmateSelect known={[]} />
      </Form.Item>
      <FamilyItem inmateId={inmateId} hidden={moving} />
      <Form.Item name="kind" label={t('bookings.kind')} rules={required} hidden={moving}>
        <Radio.Group options={(['video', 'visit'] as const).map((value) => ({ value, label: t(`bookings.kinds.${value}`) }))} />
      </Form.Item>
      {inmateId && <QuotaLines inmateId={inmateId} />}
      <Form.Item name="day" label={t('bookings.day')} rules={required}>
        <DatePicker allowClear={false} disabledDate={(day) => day.isBefore(dayjs().startOf('day'))} data-testid="book-day" />
      </Form.Item>
      <SlotItem />
    </>
  );
}

function FamilyItem({ inmateId, hidden }: { inmateId: string | undefined; hidden: boolean }) {
  const t = useText();
  const { data } = useQuery({
    queryKey: ['families', 'of', inmateId],
    queryFn: () => api.listFamilies({ query: { inmateId: inmateId ?? '', limit: 50 } }),
    enabled: Boolean(inmateId) && !hidden,
  });
  const relationTo = (kinships: readonly { inmateId: string; relation: string }[]) =>
    kinships.find((kinship) => kinship.inmateId === inmateId)?.relation ?? '';
  const options = (data?.items ?? []).map(({ id, name, kinships }) => ({
    value: id,
    label: t('common.bracketed', { text: name, more: relationTo(kinships) }),
  }));
  return (
    <Form.Item name="familyId" label={t('bookings.family')} rules={[{ required: true, message: t('common.required') }]} hidden={hidden}>
      <Select options={options} disabled={!inmateId} data-testid="book-family" />
    </Form.Item>
  );
}

function SlotItem() {
  const t = useText();
  const form = Form.useFormInstance<Values>();
  const [inmateId, kind, day] = [Form.useWatch('inmateId', form), Form.useWatch('kind', form), Form.useWatch('day', form)];
  const date = day?.format('YYYY-MM-DD');
  const { data } = useQuery({
    queryKey: ['slots', inmateId, kind, date],
    queryFn: () => api.listSlots({ query: { inmateId: inmateId ?? '', kind: kind ?? 'video', from: date ?? '', to: date ?? '' } }),
    enabled: Boolean(inmateId && kind && date),
  });
  if (data?.items.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('bookings.noSlots')} />;
  const options = (data?.items ?? []).map(({ id, startsAt, endsAt, free, state }) => ({
    value: id,
    disabled: state !== 'free' && state !== 'yours',
    label: `${dayOf(startsAt).slice(5)} ${clockOf(startsAt)}–${clockOf(endsAt)} · ${state === 'free' ? t('bookings.free', { free }) : t(`bookings.slotStates.${state}`)}`,
  }));
  return (
    <Form.Item name="slotId" label={t('bookings.slot')} rules={[{ required: true, message: t('bookings.chooseSlot') }]}>
      <Radio.Group options={options} className="slot-choices" data-testid="book-slots" />
    </Form.Item>
  );
}
