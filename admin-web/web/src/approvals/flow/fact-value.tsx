import type { BuiltInDictionary, FactTest } from '@qinqiao/contracts';
import { Input, Select } from 'antd';
import { useText } from '../../i18n/index.ts';
import { useDictionary } from '../../settings/use-dictionary.ts';
import { CODED, YES_OR_NO } from './fact-names.ts';

type Scalar = string | number | boolean | null;
type Valued = Extract<FactTest, { value: unknown }>;

interface Props {
  test: Valued;
  onChange: (value: Scalar | Scalar[]) => void;
  disabled: boolean;
}

const isList = ({ op }: Valued): boolean => op === 'in' || op === 'notIn';
const listOf = ({ value }: Valued): Scalar[] => (Array.isArray(value) ? value : [value]);

/** `3` → 3, anything else as text. */
function scalarOf(text: string): Scalar {
  const plain = text.trim();
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : plain;
}

/** What a fact is compared with: chosen where there is something to choose from, else typed. */
export function FactValue(props: Props) {
  const { fact } = props.test;
  const dictionary = CODED[fact];
  if (dictionary) return <CodeField {...props} dictionary={dictionary} />;
  return YES_OR_NO.has(fact) && !isList(props.test) ? <YesNoField {...props} /> : <TextField {...props} />;
}

function CodeField({ test, onChange, disabled, dictionary }: Props & { dictionary: BuiltInDictionary }) {
  const t = useText();
  const { options } = useDictionary(dictionary);
  const label = { 'aria-label': t('approvals.design.value'), options, disabled };
  if (isList(test))
    return <Select {...label} mode="multiple" value={listOf(test).map(String)} onChange={(codes: string[]) => onChange(codes)} />;
  const [code] = listOf(test);
  return (
    <Select {...label} value={typeof code === 'string' && code !== '' ? code : null} onChange={(next: string | null) => onChange(next)} />
  );
}

function YesNoField({ test, onChange, disabled }: Props) {
  const t = useText();
  const options = [
    { value: 'true', label: t('common.yes') },
    { value: 'false', label: t('common.no') },
  ];
  const [value] = listOf(test);
  return (
    <Select
      options={options}
      value={String(value === true)}
      disabled={disabled}
      onChange={(next: string) => onChange(next === 'true')}
      aria-label={t('approvals.design.value')}
    />
  );
}

function TextField({ test, onChange, disabled }: Props) {
  const t = useText();
  const text = listOf(test).map(String).join(', ');
  const parse = (typed: string) => (isList(test) ? typed.split(/[,，、]/).map(scalarOf) : scalarOf(typed));
  return (
    <Input
      // Kept as typed until it is left: `1,` on the way to `1, 2` is no list yet.
      key={text}
      defaultValue={text}
      disabled={disabled}
      maxLength={400}
      onBlur={({ target }) => target.value !== text && onChange(parse(target.value))}
      placeholder={t(isList(test) ? 'approvals.design.values' : 'approvals.design.value')}
      aria-label={t('approvals.design.value')}
    />
  );
}
