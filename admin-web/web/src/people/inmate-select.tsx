import { type Choice, SearchSelect } from '../components/search-select.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  value?: string;
  onChange?: (id: string) => void;
  /** Inmates that are chosen already. */
  known: Choice[];
}

async function find(text: string): Promise<Choice[]> {
  const { items } = await api.listInmates({ query: { limit: 20, ...(text ? { text } : {}) } });
  return items.map(({ id, name, number, wardName }) => ({ value: id, label: `${name} ${number} · ${wardName}` }));
}

/** Finds an inmate by whatever is typed of him. */
export function InmateSelect({ value, onChange, known }: Props) {
  const t = useText();
  return (
    <SearchSelect
      value={value ?? null}
      onChange={(id) => id !== null && onChange?.(id)}
      queryKey={['inmates', 'select']}
      find={find}
      known={known}
      placeholder={t('people.searchInmates')}
      testId="field-inmate"
    />
  );
}
