import { PARAMETER_UNITS, PARAMETERS, type ParameterView, QinqiaoError } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, InputNumber, Segmented, Select, Tag } from 'antd';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { momentOf } from '../components/format.ts';
import { PageFrame } from '../components/page-frame.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { useAct } from '../components/use-act.ts';
import { type TextKey, useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import './settings.css';

const KEY = ['parameters'];
const GROUPS = ['login', 'approval', 'allowlist', 'venue', 'notice', 'storage', 'audit'] as const;

export function ParametersPage() {
  const t = useText();
  const parameters = useQuery({ queryKey: KEY, queryFn: () => api.listParameters() });
  if (parameters.isError) return <ErrorView error={parameters.error} onRetry={() => void parameters.refetch()} />;
  if (!parameters.data) return <PageLoading />;
  const { items } = parameters.data;
  return (
    <PageFrame title={t(titleOf(items))} hint={<Tag>{t('settings.parameters.hint')}</Tag>} testId="parameters">
      {GROUPS.map((group) => {
        const rows = items.filter(({ key }) => PARAMETERS[key].group === group);
        if (rows.length === 0) return null;
        return (
          <section key={group} className="panel parameter-group">
            <h2>{t(`settings.parameters.groups.${group}`)}</h2>
            {rows.map((row) => (
              <ParameterRow key={`${row.key} ${row.version}`} parameter={row} />
            ))}
          </section>
        );
      })}
    </PageFrame>
  );
}

/** The page goes by the name of what it holds for this officer. */
function titleOf(items: readonly ParameterView[]): TextKey {
  const groups = new Set(items.map(({ key }) => PARAMETERS[key].group));
  if (groups.size !== 1) return 'settings.parameters.title';
  return groups.has('audit') ? 'nav.retention' : groups.has('login') ? 'nav.policy' : 'settings.parameters.title';
}

function ParameterRow({ parameter }: { parameter: ParameterView }) {
  const t = useText();
  const language = useLanguage();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const [value, setValue] = useState(parameter.value);
  const kind = PARAMETERS[parameter.key];
  const save = async () => {
    const { key, version } = parameter;
    await act(
      () => api.setParameter({ params: { key }, body: { value, version } }),
      t('common.saved'),
      (error) => {
        if (!(error instanceof QinqiaoError) || error.code !== 'edit_conflict') return false;
        message.warning(t('settings.parameters.conflict'));
        return true;
      },
    );
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <div className="parameter-row" data-testid="parameter" data-key={parameter.key}>
      <div className="parameter-text">
        <b>{kind[language]}</b>
        <p>{kind.help[language]}</p>
        <LastSet parameter={parameter} />
      </div>
      <div className="parameter-input">
        <ParameterInput parameter={parameter} value={value} onChange={setValue} />
        <Button type="primary" disabled={value === parameter.value} loading={busy} onClick={() => void save()} data-testid="parameter-save">
          {t('common.save')}
        </Button>
        <Button type="text" disabled={value === kind.initial} onClick={() => setValue(kind.initial)}>
          {t('settings.parameters.useInitial')}
        </Button>
      </div>
    </div>
  );
}

function LastSet({ parameter: { key, updatedAt, updatedBy } }: { parameter: ParameterView }) {
  const t = useText();
  const language = useLanguage();
  const { input, initial, unit } = PARAMETERS[key];
  const shown = input.kind === 'choice' ? (input.options.find((option) => option.value === initial)?.[language] ?? '') : String(initial);
  const words = [t('settings.parameters.initial', { value: unit ? `${shown} ${PARAMETER_UNITS[unit][language]}` : shown })];
  if (input.kind === 'number') words.push(t('settings.parameters.range', { min: input.min, max: input.max }));
  words.push(
    updatedAt ? t('settings.parameters.setBy', { who: updatedBy ?? '', when: momentOf(updatedAt) }) : t('settings.parameters.neverSet'),
  );
  return <small className="muted">{words.join(' · ')}</small>;
}

interface InputProps {
  parameter: ParameterView;
  value: string | number;
  onChange: (value: string | number) => void;
}

/** More choices than this are chosen from a list. */
const SIDE_BY_SIDE = 4;

function ParameterInput({ parameter: { key }, value, onChange }: InputProps) {
  const language = useLanguage();
  const { input, unit, ...kind } = PARAMETERS[key];
  if (input.kind === 'choice') {
    const options = input.options.map((option) => ({ value: option.value, label: option[language] }));
    if (options.length > SIDE_BY_SIDE)
      return <Select options={options} value={String(value)} onChange={onChange} aria-label={kind[language]} style={{ width: 150 }} />;
    return <Segmented options={options} value={String(value)} onChange={onChange} aria-label={kind[language]} />;
  }
  return (
    <InputNumber
      min={input.min}
      max={input.max}
      precision={0}
      value={Number(value)}
      onChange={(next) => onChange(next ?? kind.initial)}
      suffix={unit ? PARAMETER_UNITS[unit][language] : undefined}
      aria-label={kind[language]}
      style={{ width: 150 }}
    />
  );
}
