import { useTranslation } from 'react-i18next';
import { dayOf, monthsFrom } from '../state/days';
import { api } from '../state/session';
import { ChoiceField } from './fields';

const MONTHS = ['3', '6', '12'] as const;

interface Props {
  /** Months from today on. */
  value: string;
  onChange: (months: string) => void;
  wrong?: string | undefined;
}

/** How long something is to be valid: from today on, for some months. */
export function PeriodField({ value, onChange, wrong }: Props) {
  const { t } = useTranslation();
  return (
    <ChoiceField
      name="period"
      label={t('svc.validity')}
      options={MONTHS.map((months) => ({ value: months, label: t('svc.months', { count: Number(months) }) }))}
      value={[value]}
      onChange={([chosen = '12']) => onChange(chosen)}
      wrong={wrong}
    />
  );
}

/** The local days of such a period, by the server's clock. */
PeriodField.daysOf = (months: string): { validFrom: string; validUntil: string } => {
  const today = dayOf(api.clock.now());
  return { validFrom: today, validUntil: monthsFrom(today, Number(months)) };
};
