import type { SlotDays, SlotPlanContent, SlotPlanView } from '@qinqiao/contracts';
import { App, Checkbox, DatePicker, Form, Input, InputNumber, Radio, Select, TimePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { fromTime, Rows, toTime } from './rule-fields.tsx';

interface Content extends Omit<SlotPlanContent, 'days' | 'times' | 'validFrom' | 'validUntil'> {
  dayKind: SlotDays['kind'];
  weekdays?: number[];
  monthDays?: number[];
  dates?: string;
  times: { from: Dayjs; to: Dayjs }[];
  validFrom: Dayjs;
  validUntil?: Dayjs | null;
}
interface Values {
  content: Content;
}
interface Props {
  prisonId: string;
  editing: SlotPlanView | 'new' | null;
  onClose: () => void;
  onSaved: () => Promise<unknown>;
}

const NEW: Partial<Content> = {
  kind: 'video',
  dayKind: 'week',
  weekdays: [1, 2, 3, 4, 5],
  times: [{ from: toTime('09:00'), to: toTime('09:30') }],
  capacity: 1,
  validFrom: dayjs(),
  validUntil: null,
  onHolidays: false,
  aheadDays: 30,
  noticeMinutes: 24 * 60,
  enabled: true,
};

/** A plan of slots: on which days, at which times, for how many. */
export function SlotPlanForm({ prisonId, editing, onClose, onSaved }: Props) {
  const t = useText();
  const { message } = App.useApp();
  const old = editing === 'new' ? null : editing;
  const save = async ({ content }: Values) => {
    const body = { content: toContent(content) };
    if (old) await api.editSlotPlan({ params: { id: old.id }, body: { ...body, version: old.version } });
    else await api.addSlotPlan({ body: { ...body, prisonId } });
    await onSaved();
    message.success(t('bookings.saved'));
  };
  return (
    <FormModal<Values>
      key={old?.id ?? 'new'}
      title={t(old ? 'bookings.editPlan' : 'bookings.addPlan')}
      open={editing !== null}
      onClose={onClose}
      onSave={save}
      initial={{ content: (old ? ofContent(old.content) : NEW) as Content }}
      width={560}
      testId="plan-form"
    >
      <Fields />
    </FormModal>
  );
}

function toContent({
  dayKind,
  weekdays = [],
  monthDays = [],
  dates = '',
  times,
  validFrom,
  validUntil,
  ...rest
}: Content): SlotPlanContent {
  const day = (date: Dayjs) => date.format('YYYY-MM-DD');
  const days: Record<SlotDays['kind'], SlotDays> = {
    week: { kind: 'week', days: weekdays },
    month: { kind: 'month', days: monthDays },
    dates: { kind: 'dates', dates: dates.split(/[\s,，、]+/).filter(Boolean) },
  };
  return {
    ...rest,
    days: days[dayKind],
    times: (times ?? []).map(({ from, to }) => ({ from: fromTime(from), to: fromTime(to) })),
    validFrom: day(validFrom),
    validUntil: validUntil ? day(validUntil) : null,
  };
}

const ofContent = ({ days, times, validFrom, validUntil, ...rest }: SlotPlanContent): Content => ({
  ...rest,
  dayKind: days.kind,
  weekdays: days.kind === 'week' ? days.days : [],
  monthDays: days.kind === 'month' ? days.days : [],
  dates: days.kind === 'dates' ? days.dates.join('\n') : '',
  times: times.map(({ from, to }) => ({ from: toTime(from), to: toTime(to) })),
  validFrom: dayjs(validFrom),
  validUntil: validUntil ? dayjs(validUntil) : null,
});

function Fields() {
  const t = useText();
  const required = [{ required: true, message: t('common.required') }];
  const dayKind = Form.useWatch<SlotDays['kind'] | undefined>(['content', 'dayKind']);
  return (
    <>
      <Form.Item
        name={['content', 'name']}
        label={t('bookings.planName')}
        rules={[{ required: true, whitespace: true, message: t('common.required') }]}
      >
        <Input maxLength={40} data-testid="plan-name" />
      </Form.Item>
      <Form.Item name={['content', 'kind']} label={t('bookings.kind')} rules={required}>
        <Radio.Group options={(['video', 'visit'] as const).map((value) => ({ value, label: t(`bookings.kinds.${value}`) }))} />
      </Form.Item>
      <Form.Item name={['content', 'dayKind']} label={t('bookings.planDays')} rules={required}>
        <Radio.Group options={(['week', 'month', 'dates'] as const).map((value) => ({ value, label: t(`bookings.dayKinds.${value}`) }))} />
      </Form.Item>
      {dayKind === 'week' && (
        <Form.Item name={['content', 'weekdays']} rules={required}>
          <Checkbox.Group options={([1, 2, 3, 4, 5, 6, 7] as const).map((value) => ({ value, label: t(`bookings.weekdays.d${value}`) }))} />
        </Form.Item>
      )}
      {dayKind === 'month' && (
        <Form.Item name={['content', 'monthDays']} rules={required}>
          <Select
            mode="multiple"
            options={Array.from({ length: 31 }, (_, index) => ({ value: index + 1, label: t('bookings.dayOfMonth', { day: index + 1 }) }))}
          />
        </Form.Item>
      )}
      {dayKind === 'dates' && (
        <Form.Item name={['content', 'dates']} rules={required} extra={t('bookings.datesHelp')}>
          <Input.TextArea rows={3} maxLength={4800} />
        </Form.Item>
      )}
      <Rows name="times" title={t('bookings.times')} addText={t('bookings.addTime')} empty={{}}>
        {(field) => (
          <>
            <Form.Item name={[field, 'from']} rules={required}>
              <TimePicker format="HH:mm" minuteStep={5} needConfirm={false} />
            </Form.Item>
            <Form.Item name={[field, 'to']} rules={required}>
              <TimePicker format="HH:mm" minuteStep={5} needConfirm={false} />
            </Form.Item>
          </>
        )}
      </Rows>
      <div className="rule-three" style={{ marginTop: 16 }}>
        <Form.Item name={['content', 'capacity']} label={t('bookings.capacity')} rules={required}>
          <InputNumber min={1} max={1000} />
        </Form.Item>
        <Form.Item name={['content', 'aheadDays']} label={t('bookings.ahead')} rules={required}>
          <InputNumber min={0} max={180} />
        </Form.Item>
        <Form.Item name={['content', 'noticeMinutes']} label={t('bookings.notice')} rules={required}>
          <InputNumber min={0} max={43_200} />
        </Form.Item>
        <Form.Item name={['content', 'validFrom']} label={t('bookings.validFrom')} rules={required}>
          <DatePicker allowClear={false} />
        </Form.Item>
        <Form.Item name={['content', 'validUntil']} label={t('bookings.validUntil')}>
          <DatePicker placeholder={t('bookings.forever')} />
        </Form.Item>
      </div>
      <Form.Item name={['content', 'onHolidays']} valuePropName="checked" noStyle>
        <Checkbox>{t('bookings.onHolidays')}</Checkbox>
      </Form.Item>
      <Form.Item name={['content', 'enabled']} valuePropName="checked" noStyle>
        <Checkbox>{t('bookings.enabled')}</Checkbox>
      </Form.Item>
    </>
  );
}
