import { Speaker } from '@qinqiao/contracts';
import { Input, Select } from 'antd';
import { useState } from 'react';
import { SearchSelect } from '../components/search-select.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { DaysFilter, KindFilter, PlaceFilter } from '../relistening/common-filters.tsx';
import { api } from '../session/api.ts';
import type { Filter, Change } from './use-search.ts';

interface Props {
  filter: Filter;
  onChange: (change: Change) => void;
}

/** What to look for, and every way of narrowing it. */
export function SearchFilters({ filter, onChange }: Props) {
  const t = useText();
  const mayFind = useAllowed('inmate.read');
  const [typed, setTyped] = useState(filter.text ?? '');
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
      <KindFilter filter={filter} onChange={onChange} />
      <DaysFilter filter={filter} onChange={onChange} />
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
      <PlaceFilter filter={filter} onChange={onChange} />
    </>
  );
}

async function findInmates(text: string) {
  const { items } = await api.listInmates({ query: { limit: 20, ...(text ? { text } : {}) } });
  return items.map(({ id, name, number }) => ({ value: id, label: `${name} ${number}` }));
}
