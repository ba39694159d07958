import { ConversationRecording, Listening } from '@qinqiao/contracts';
import { Input, Select } from 'antd';
import { useText } from '../i18n/index.ts';
import { DaysFilter, KindFilter, PlaceFilter } from './common-filters.tsx';
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
      <DaysFilter filter={filter} onChange={onChange} />
      <PlaceFilter filter={filter} onChange={onChange} />
      <KindFilter filter={filter} onChange={onChange} />
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
