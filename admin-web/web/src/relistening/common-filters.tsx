import { ConversationKind } from '@qinqiao/contracts';
import { DatePicker, Select } from 'antd';
import dayjs from 'dayjs';
import { useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';

interface Common {
  kind?: ConversationKind | undefined;
  from?: string | undefined;
  to?: string | undefined;
  prisonId?: string | undefined;
  wardId?: string | undefined;
}
interface Props {
  filter: Common;
  onChange: (change: Partial<Record<keyof Common, string | undefined>>) => void;
}

/** Days, both inclusive. */
export function DaysFilter({ filter, onChange }: Props) {
  const t = useText();
  return (
    <DatePicker.RangePicker
      allowEmpty={[true, true]}
      style={{ width: 250 }}
      value={[filter.from ? dayjs(filter.from) : null, filter.to ? dayjs(filter.to) : null]}
      onChange={(days) => onChange({ from: days?.[0]?.format('YYYY-MM-DD'), to: days?.[1]?.format('YYYY-MM-DD') })}
      aria-label={t('relistening.dates')}
    />
  );
}

/** Video, visit or phone. */
export function KindFilter({ filter, onChange }: Props) {
  const t = useText();
  return (
    <Select
      allowClear
      placeholder={t('relistening.kind')}
      value={filter.kind ?? null}
      style={{ width: 120 }}
      options={ConversationKind.options.map((value) => ({ value, label: t(`relistening.kinds.${value}`) }))}
      onChange={(kind?: ConversationKind) => onChange({ kind })}
    />
  );
}

/** Prison, where the officer sees several, and ward. */
export function PlaceFilter({ filter, onChange }: Props) {
  const t = useText();
  const { prisons, wardsOf } = usePlaces();
  const only = prisons.length === 1 ? prisons[0]?.value : undefined;
  return (
    <>
      {prisons.length > 1 && (
        <Select
          allowClear
          placeholder={t('relistening.prison')}
          value={filter.prisonId ?? null}
          style={{ width: 150 }}
          options={prisons}
          onChange={(prisonId?: string) => onChange({ prisonId, wardId: undefined })}
        />
      )}
      <Select
        allowClear
        placeholder={t('relistening.ward')}
        value={filter.wardId ?? null}
        style={{ width: 120 }}
        options={wardsOf(filter.prisonId ?? only)}
        onChange={(wardId?: string) => onChange({ wardId })}
      />
    </>
  );
}
