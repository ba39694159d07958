import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useEffect, useState } from 'react';

const PAUSE_MS = 250;

export interface Choice {
  value: string;
  label: string;
}

interface Props {
  value?: string | null;
  onChange?: (id: string | null) => void;
  /** Of react-query; what was typed is added. */
  queryKey: readonly unknown[];
  /** What fits the text; with an empty one, the first there are. */
  find: (text: string) => Promise<Choice[]>;
  /** Those that are chosen already. */
  known: readonly Choice[];
  allowClear?: boolean;
  placeholder?: string;
  testId?: string;
}

/** Finds one of many by whatever is typed of it. */
export function SearchSelect({ value, onChange, queryKey, find, known, allowClear = false, placeholder, testId }: Props) {
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const found = useQuery({ queryKey: [...queryKey, asked], queryFn: () => find(asked) });
  const options = found.data ?? [];
  const others = known.filter((choice) => !options.some((option) => option.value === choice.value));
  return (
    <Select
      showSearch={{ filterOption: false, onSearch: setText }}
      allowClear={allowClear}
      value={value ?? null}
      onChange={(id: string | null | undefined) => onChange?.(id ?? null)}
      options={[...options, ...(asked ? [] : others)]}
      loading={found.isFetching}
      placeholder={placeholder}
      data-testid={testId}
    />
  );
}
