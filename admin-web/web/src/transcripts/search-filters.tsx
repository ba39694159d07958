import { ConversationKind, Speaker } from '@qinqiao/contracts';
import { DatePicker, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { SearchSelect } from '../components/search-select.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';
import type { Filter, Change } from './use-search.ts';

interface Props {
  filter: Filter;
  onChange: (change: Change) => void;
}

/** What to look for, and every way of narrowing it. */
export function SearchFilters({ filter, onChange }: Props) {
  const t = useText();
  const { prisons, wardsOf } = usePlaces();
  const mayFind = useAllowed('inmate.read');
  const [typed, setTyped] = useState(filter.text ?? '');
  const only = prisons.length === 1 ? prisons[0]?.value : undefined;
  return (
    <>
      <Input.Search
        allowClear
        enterButton={t('transcripts.search')}
        placeholder={t('transcripts.placeholder')}
        value={typed}
        maxLength={200}
        style={{ width: 460 }}
        onChange={({ target }) => setTyped(target.value)}
        onSearch={(text) => onChange({ text: text.trim() || undefined })}
        data-testid="transcript-query"
      />
      <Select
        allowClear
        placeholder={t('transcripts.speaker')}
        value={filter.speaker ?? null}
        style={{ width: 130 }}
        options={Speaker.options.map((value) => ({ value, label: t(`role.${value}`) }))}
        onChange={(speaker?: Speaker) => onChange({ speaker })}
        data-testid="transcript-speaker"
      />
      <Select
        allowClear
        placeholder={t('relistening.kind')}
        value={filter.kind ?? null}
        style={{ width: 120 }}
        options={ConversationKind.options.map((value) => ({ value, label: t(`relistening.kinds.${value}`) }))}
        onChange={(kind?: ConversationKind) => onChange({ kind })}
      />
      <DatePicker.RangePicker
        allowEmpty={[true, true]}
        style={{ width: 250 }}
        value={[filter.from ? dayjs(filter.from) : null, filter.to ? dayjs(filter.to) : null]}
        onChange={(days) => onChange({ from: days?.[0]?.format('YYYY-MM-DD'), to: days?.[1]?.format('YYYY-MM-DD') })}
        aria-label={t('relistening.dates')}
      />
      {mayFind && (
        <div style={{ width: 220, display: 'grid' }}>
          <SearchSelect
            allowClear
            value={filter.inmateId ?? null}
            onChange={(id) => onChange({ inmateId: id ?? undefined })}
            queryKey={['inmates', 'select']}
            find={findInmates}
            known={[]}
            placeholder={t('transcripts.inmate')}
            testId="transcript-inmate"
          />
        </div>
      )}
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

async function findInmates(text: string) {
  const { items } = await api.listInmates({ query: { limit: 20, ...(text ? { text } : {}) } });
  return items.map(({ id, name, number }) => ({ value: id, label: `${name} ${number}` }));
}
