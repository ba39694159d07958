import { Input, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useText } from '../i18n/index.ts';
import type { Choice } from '../components/search-select.tsx';
import { usePlaces } from './use-places.ts';

/** Values of a list's filters, as in its query string. */
export type Filter = Record<string, string>;

interface Props {
  value: Filter;
  onChange: (filter: Filter) => void;
  placeholder: string;
  wards?: boolean;
  /** Further choices: name in the query, placeholder, options. */
  choices: readonly { name: string; label: string; options: Choice[] }[];
}

const PAUSE_MS = 300;

/** Search box, prison, ward and whatever else a list of people is narrowed by. */
export function PeopleFilters({ value, onChange, placeholder, wards = false, choices }: Props) {
  const t = useText();
  const { prisons, wardsOf } = usePlaces();
  const set = (name: string, chosen: string | undefined, without: readonly string[] = []) => {
    const kept = Object.entries(value).filter(([key]) => key !== name && !without.includes(key));
    onChange(Object.fromEntries(chosen ? [...kept, [name, chosen]] : kept));
  };
  return (
    <>
      <SearchBox placeholder={placeholder} onSearch={(text) => set('text', text)} />
      {prisons.length > 1 && (
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          className="people-filter"
          placeholder={t('people.prison')}
          options={prisons}
          value={value['prisonId'] ?? null}
          onChange={(chosen?: string | null) => set('prisonId', chosen ?? undefined, ['wardId'])}
        />
      )}
      {wards && (
        <Select
          allowClear
          className="people-filter"
          placeholder={t('people.ward')}
          options={wardsOf(value['prisonId'] ?? (prisons.length === 1 ? prisons[0]?.value : undefined))}
          value={value['wardId'] ?? null}
          onChange={(chosen?: string | null) => set('wardId', chosen ?? undefined)}
        />
      )}
      {choices.map(({ name, label, options }) => (
        <Select
          key={name}
          allowClear
          className="people-filter"
          placeholder={label}
          options={options}
          value={value[name] ?? null}
          onChange={(chosen?: string | null) => set(name, chosen ?? undefined)}
          data-testid={`filter-${name}`}
        />
      ))}
    </>
  );
}

/** Asks once the typing pauses. */
function SearchBox({ placeholder, onSearch }: { placeholder: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    onSearch(asked);
    // Only what was typed asks anew.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [asked]);
  return (
    <Input.Search
      allowClear
      className="people-search"
      maxLength={64}
      placeholder={placeholder}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onSearch={(typed) => setAsked(typed.trim())}
      data-testid="people-search"
    />
  );
}
