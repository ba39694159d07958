import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useEffect, useState } from 'react';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import type { Choice } from './use-places.ts';

const PAUSE_MS = 250;

interface Props {
  value?: string;
  onChange?: (id: string) => void;
  /** Inmates that are chosen already. */
  known: Choice[];
}

/** Finds an inmate by whatever is typed of him. */
export function InmateSelect({ value, onChange, known }: Props) {
  const t = useText();
  const [text, setText] = useState('');
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const found = useQuery({
    queryKey: ['inmates', 'select', asked],
    queryFn: () => api.listInmates({ query: { limit: 20, ...(asked ? { text: asked } : {}) } }),
  });
  const options = (found.data?.items ?? []).map(({ id, name, number, wardName }) => ({
    value: id,
    label: `${name} ${number} · ${wardName}`,
  }));
  const others = known.filter((choice) => !options.some((option) => option.value === choice.value));
  return (
    <Select
      showSearch={{ filterOption: false, onSearch: setText }}
      value={value ?? null}
      onChange={(id: string | null) => id !== null && onChange?.(id)}
      options={[...options, ...(asked ? [] : others)]}
      loading={found.isFetching}
      placeholder={t('people.searchInmates')}
      data-testid="field-inmate"
    />
  );
}
