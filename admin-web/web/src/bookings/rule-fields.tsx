import { MinusCircleOutlined, PlusOutlined } from '@ant-design/icons';
import type { CallRuleContent } from '@qinqiao/contracts';
import { Button, Divider, Form, Input, InputNumber, Select, TimePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import type { ReactNode } from 'react';
import { useText } from '../i18n/index.ts';

const KINDS = ['video', 'phone', 'visit'] as const;
const TIME = 'HH:mm';

/** A local time of day as forms show it. */
export const toTime = (text: string): Dayjs => dayjs(`2026-01-01T${text}`);
export const fromTime = (time: Dayjs): string => time.format(TIME);

/** A rule as the form holds it: times as the time picker's values. */
export type RuleValues = Omit<CallRuleContent, 'hours'> & { hours: { from: Dayjs; to: Dayjs }[] };
export const toValues = (rule: CallRuleContent): RuleValues => ({
  ...rule,
  hours: rule.hours.map(({ from, to }) => ({ from: toTime(from), to: toTime(to) })),
});
export const fromValues = (values: RuleValues): CallRuleContent => ({
  ...values,
  limits: (values.limits ?? []).map(({ kinds, period, calls, minutes }) => ({
    kinds,
    period,
    calls: calls ?? null,
    minutes: minutes ?? null,
  })),
  hours: (values.hours ?? []).map(({ from, to }) => ({ from: fromTime(from), to: fromTime(to) })),
  specialDays: values.specialDays ?? [],
});

/** The fields of a call rule, under the form's name `content`. */
export function RuleFields() {
  const t = useText();
  const required = [{ required: true, message: t('common.required') }];
  const kinds = KINDS.map((value) => ({ value, label: t(`bookings.kinds.${value}`) }));
  const periods = (['week', 'month'] as const).map((value) => ({ value, label: t(`bookings.periods.${value}`) }));
  return (
    <>
      <Rows
        name="limits"
        title={t('bookings.limits')}
        addText={t('bookings.addLimit')}
        empty={{ kinds: ['video'], period: 'month', calls: 1, minutes: 30 }}
      >
        {(field) => (
          <>
            <Form.Item name={[field, 'kinds']} rules={required}>
              <Select mode="multiple" options={kinds} placeholder={t('bookings.limitKinds')} />
            </Form.Item>
            <Form.Item name={[field, 'period']} className="narrow" rules={required}>
              <Select options={periods} />
            </Form.Item>
            <Form.Item name={[field, 'calls']} className="narrow">
              <InputNumber min={0} max={1000} placeholder={t('bookings.limitCalls')} style={{ width: '100%' }} />
            </Form.Item>
            <Form.Item name={[field, 'minutes']} className="narrow">
              <InputNumber min={0} max={100_000} placeholder={t('bookings.limitMinutes')} style={{ width: '100%' }} />
            </Form.Item>
          </>
        )}
      </Rows>
      <PerKind name="longestMinutes" title={t('bookings.longest')} min={1} max={240} />
      <PerKind name="intervalDays" title={t('bookings.interval')} min={0} max={365} />
      <Rows name="hours" title={t('bookings.hours')} help={t('bookings.hoursHelp')} addText={t('bookings.addHours')} empty={{}}>
        {(field) => (
          <>
            <Form.Item name={[field, 'from']} rules={required}>
              <TimePicker format={TIME} minuteStep={5} needConfirm={false} />
            </Form.Item>
            <Form.Item name={[field, 'to']} rules={required}>
              <TimePicker format={TIME} minuteStep={5} needConfirm={false} />
            </Form.Item>
          </>
        )}
      </Rows>
      <Rows
        name="specialDays"
        title={t('bookings.specialDays')}
        help={t('bookings.specialHelp')}
        addText={t('bookings.addSpecial')}
        empty={{ calls: 1 }}
      >
        {(field) => (
          <>
            <Form.Item name={[field, 'date']} rules={required}>
              <Input placeholder={t('bookings.specialDate')} maxLength={10} />
            </Form.Item>
            <Form.Item name={[field, 'name']} rules={required}>
              <Input placeholder={t('bookings.specialName')} maxLength={32} />
            </Form.Item>
            <Form.Item name={[field, 'calls']} className="narrow" rules={required}>
              <InputNumber min={1} max={10} />
            </Form.Item>
          </>
        )}
      </Rows>
      <div className="rule-three">
        <Form.Item name={['content', 'brokenUnderMinutes']} label={t('bookings.brokenUnder')} rules={required}>
          <InputNumber min={0} max={60} />
        </Form.Item>
        <Form.Item name={['content', 'companions']} label={t('bookings.maxCompanions')} rules={required}>
          <InputNumber min={0} max={10} />
        </Form.Item>
      </div>
    </>
  );
}

function PerKind({ name, title, min, max }: { name: 'longestMinutes' | 'intervalDays'; title: string; min: number; max: number }) {
  const t = useText();
  return (
    <>
      <Divider titlePlacement="start" plain>
        {title}
      </Divider>
      <div className="rule-three">
        {KINDS.map((kind) => (
          <Form.Item
            key={kind}
            name={['content', name, kind]}
            label={t(`bookings.kinds.${kind}`)}
            rules={[{ required: true, message: t('common.required') }]}
          >
            <InputNumber min={min} max={max} />
          </Form.Item>
        ))}
      </div>
    </>
  );
}

interface RowsProps {
  name: string;
  title: string;
  help?: string;
  addText: string;
  /** What a new row begins with. */
  empty: object;
  children: (field: number) => ReactNode;
}

/** Rows that can be added and taken away. */
export function Rows({ name, title, help, addText, empty, children }: RowsProps) {
  const t = useText();
  return (
    <>
      <Divider titlePlacement="start" plain>
        {title}
      </Divider>
      {help && <p className="ant-form-item-extra">{help}</p>}
      <Form.List name={['content', name]}>
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name: at }) => (
              <div className="rule-row" key={key}>
                {children(at)}
                <Button type="text" icon={<MinusCircleOutlined />} onClick={() => remove(at)} aria-label={t('bookings.remove')} />
              </div>
            ))}
            <Button type="dashed" size="small" icon={<PlusOutlined />} onClick={() => add(empty)} data-testid={`add-${name}`}>
              {addText}
            </Button>
          </>
        )}
      </Form.List>
    </>
  );
}
