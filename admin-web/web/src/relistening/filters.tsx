import { ConversationKind, ConversationRecording, Listening } from '@qinqiao/contracts';
import { DatePicker, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { type Filter, type Work, workOf, WORKS } from './filter.ts';

const FLAGS = ['attention', 'words', 'warnings', 'abnormal', 'held'] as const;
type Flag = (typeof FLAGS)[number];

interface Props {
  filter: Filter;
  onChange: (change: Partial<Record<keyof Filter, string | undefined>>) => void;
}

/** Every way of narrowing the list. */
export function Filters({ filter, onChange }: Props) {
  const t = useText();
  const flags = (chosen: readonly Flag[]) =>
    onChange(Object.fromEntries(FLAGS.map((flag) => [flag, chosen.includes(flag) ? 'true' : undefined])));
  return (
    <>
      <Input.Search
        allowClear
        placeholder={t('relistening.search')}
        defaultValue={filter.text}
        maxLength={64}
        style={{ width: 290 }}
        onSearch={(text) => onChange({ text: text.trim() || undefined })}
        data-testid="conversation-search"
      />
      <Select
        allowClear
        placeholder={t('relistening.work')}
        value={workOf(filter)}
        style={{ width: 150 }}
        options={(Object.keys(WORKS) as Work[]).map((value) => ({ value, label: t(`relistening.works.${value}`) }))}
        onChange={(work?: Work) => onChange(work ? WORKS[work] : { assignee: undefined, overdue: undefined, secondDue: undefined })}
        data-testid="conversation-work"
      />
      <Select
        allowClear
        placeholder={t('relistening.listening')}
        value={filter.listening ?? null}
        style={{ width: 140 }}
        options={Listening.options.map((value) => ({ value, label: t(`relistening.listenings.${value}`) }))}
        onChange={(listening?: Listening) => onChange({ listening })}
        data-testid="conversation-listening"
      />
      <Select
        mode="multiple"
        allowClear
        maxTagCount="responsive"
        placeholder={t('relistening.flags')}
        value={FLAGS.filter((flag) => filter[flag] === 'true')}
        style={{ width: 210 }}
        options={FLAGS.map((value) => ({ value, label: t(`relistening.flag.${value}`) }))}
        onChange={flags}
        data-testid="conversation-flags"
      />
      <DatePicker.RangePicker
        allowEmpty={[true, true]}
        style={{ width: 250 }}
        value={[filter.from ? dayjs(filter.from) : null, filter.to ? dayjs(filter.to) : null]}
        onChange={(days) => onChange({ from: days?.[0]?.format('YYYY-MM-DD'), to: days?.[1]?.format('YYYY-MM-DD') })}
        aria-label={t('relistening.dates')}
      />
      <Where filter={filter} onChange={onChange} />
      <Select
        allowClear
        placeholder={t('relistening.kind')}
        value={filter.kind ?? null}
        style={{ width: 120 }}
        options={ConversationKind.options.map((value) => ({ value, label: t(`relistening.kinds.${value}`) }))}
        onChange={(kind?: ConversationKind) => onChange({ kind })}
      />
      <Select
        allowClear
        placeholder={t('relistening.recording')}
        value={filter.recording ?? null}
        style={{ width: 120 }}
        options={ConversationRecording.options.map((value) => ({ value, label: t(`relistening.recordings.${value}`) }))}
        onChange={(recording?: ConversationRecording) => onChange({ recording })}
      />
    </>
  );
}

function Where({ filter, onChange }: Props) {
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
