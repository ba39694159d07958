import { type Choice, SearchSelect } from '../components/search-select.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

interface Props {
  value?: string | null;
  onChange?: (id: string | null) => void;
  /** The officer who is chosen already. */
  known: Choice[];
}

async function find(text: string): Promise<Choice[]> {
  const { items } = await api.listOfficers({ query: { limit: 20, enabled: 'true', ...(text ? { text } : {}) } });
  return items.map(({ id, name, account, prisonName }) => ({ value: id, label: `${name} (${account}) · ${prisonName}` }));
}

/** Finds an officer by name, account, police number or pinyin initials. */
export function OfficerSelect(props: Props) {
  const t = useText();
  return (
    <SearchSelect
      {...props}
      queryKey={['officers', 'select']}
      find={find}
      allowClear
      placeholder={t('organisation.searchOfficers')}
      testId="field-officer"
    />
  );
}
