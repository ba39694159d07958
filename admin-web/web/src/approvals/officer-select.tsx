import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  prisonId: string;
  value?: string;
  onChange?: (id: string) => void;
  /** Not offered. */
  without?: readonly string[];
  disabled?: boolean;
  /** Of the officer who is chosen, who need not be among those found. */
  nameOf?: (id: string) => string;
}

/** An officer of a prison, found by the beginning of the name. */
export function OfficerSelect({ prisonId, value, onChange, without = [], disabled = false, nameOf }: Props) {
  const t = useText();
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed.trim());
  const { data, isFetching } = useQuery({
    queryKey: ['approver-officers', prisonId, search],
    queryFn: () => api.listApproverOfficers({ query: { prisonId, limit: 30, ...(search ? { search } : {}) } }),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    enabled: prisonId !== '',
  });
  const options = (data?.items ?? []).filter(({ id }) => !without.includes(id)).map(({ id, name }) => ({ value: id, label: name }));
  if (value && nameOf && !options.some((option) => option.value === value)) options.unshift({ value, label: nameOf(value) });
  return (
    <Select
      {...(value === undefined ? {} : { value })}
      {...(onChange ? { onChange } : {})}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      loading={isFetching}
      disabled={disabled}
      options={options}
      placeholder={t('approvals.acts.officerHint')}
      aria-label={t('approvals.acts.officer')}
      style={{ minWidth: 160 }}
      data-testid="officer-select"
    />
  );
}
