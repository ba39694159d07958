import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../state/session';
import { useData } from '../state/use-data';
import { ChoiceField } from './fields';
import { Problem } from './parts';

interface Props {
  value: string;
  onChange: (id: string) => void;
  wrong?: string | undefined;
}

/** Chooses one of the inmates one is linked to; of only one there is nothing to choose. */
export function InmateField({ value, onChange, wrong }: Props) {
  const { t } = useTranslation();
  const inmates = useData(async () => (await api.listMyInmates()).items);
  const [first, second] = inmates.value ?? [];
  useEffect(() => {
    if (first && !second && value === '') onChange(first.id);
  }, [first, second, value, onChange]);
  if (inmates.error !== null) return <Problem error={inmates.error} onRetry={inmates.reload} />;
  return (
    <ChoiceField
      name="inmate"
      label={t('svc.inmates.which')}
      options={(inmates.value ?? []).map(({ id, name, number }) => ({ value: id, label: `${name} ${number}` }))}
      value={[value]}
      onChange={([chosen = '']) => onChange(chosen)}
      wrong={wrong}
      {...(inmates.value?.length === 0 ? { hint: t('svc.home.notLinkedHint') } : {})}
    />
  );
}
