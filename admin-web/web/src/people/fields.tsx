import { DatePicker, Form, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useText } from '../i18n/index.ts';
import type { Choice } from '../components/search-select.tsx';
import { usePlaces } from './use-places.ts';

/** A calendar day of a form, kept as 2026-01-31. */
export function DayItem({ name, label }: { name: string; label: string }) {
  return (
    <Form.Item
      name={name}
      label={label}
      getValueProps={(value?: string | null) => ({ value: value ? dayjs(value) : null })}
      normalize={(value?: dayjs.Dayjs | null) => (value ? value.format('YYYY-MM-DD') : null)}
    >
      <DatePicker className="wide" />
    </Form.Item>
  );
}

/** A personal field: on an edit its masked value is the hint, and what is left empty stays as it is. */
export function PersonalItem({
  name,
  label,
  masked,
  required = false,
}: {
  name: string;
  label: string;
  masked: string | undefined;
  required?: boolean;
}) {
  const t = useText();
  const keeps = masked !== undefined && masked !== '';
  return (
    <Form.Item
      name={name}
      label={label}
      rules={required && !keeps ? [{ required: true, whitespace: true, message: t('common.required') }] : []}
      {...(keeps ? { extra: t('people.keepEmpty') } : {})}
    >
      <Input maxLength={200} autoComplete="off" placeholder={masked ?? ''} data-testid={`field-${name}`} />
    </Form.Item>
  );
}

export function TextItem({ name, label, required = false, max = 64 }: { name: string; label: string; required?: boolean; max?: number }) {
  const t = useText();
  return (
    <Form.Item name={name} label={label} rules={required ? [{ required: true, whitespace: true, message: t('common.required') }] : []}>
      <Input maxLength={max} autoComplete="off" data-testid={`field-${name}`} />
    </Form.Item>
  );
}

export function ChoiceItem({
  name,
  label,
  options,
  required = false,
}: {
  name: string;
  label: string;
  options: Choice[];
  required?: boolean;
}) {
  const t = useText();
  return (
    <Form.Item name={name} label={label} rules={required ? [{ required: true, message: t('common.required') }] : []}>
      <Select options={options} showSearch={{ optionFilterProp: 'label' }} data-testid={`field-${name}`} />
    </Form.Item>
  );
}

export function PrisonItem({ label }: { label: string }) {
  return <ChoiceItem name="prisonId" label={label} options={usePlaces().prisons} required />;
}

/** Empty texts of an edit: what is not typed is not changed. */
export const typed = (text: string | null | undefined): string | undefined => (text ? text : undefined);
