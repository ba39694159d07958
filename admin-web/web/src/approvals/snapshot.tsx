import { Descriptions } from 'antd';
import { type TextKey, useText } from '../i18n/index.ts';
import { useDictionary } from '../settings/use-dictionary.ts';

interface Props {
  value: Record<string, unknown>;
  empty: string;
  /** The names are those of facts. */
  names?: 'facts';
}

const FACTS = ['visitors', 'relation', 'treatmentLevel', 'keyControl', 'sixInvolved', 'minor', 'minutes', 'used'] as const;
export const KNOWN_FACTS: readonly string[] = FACTS;

/** What was submitted, name by name. What is nested is shown as it is written. */
export function Snapshot({ value, empty, names }: Props) {
  const t = useText();
  const relation = useDictionary('relation');
  const level = useDictionary('treatment_level');
  const involved = useDictionary('six_involved');
  const entries = Object.entries(value);
  if (entries.length === 0) return <span className="muted">{empty}</span>;
  const nameOf = (key: string) => (names && KNOWN_FACTS.includes(key) ? t(`approvals.design.facts.${key}` as TextKey) : key);
  const named: Record<string, (code: string) => string> = {
    relation: relation.nameOf,
    treatmentLevel: level.nameOf,
    sixInvolved: involved.nameOf,
  };
  const shown = (key: string, one: unknown) => (names && typeof one === 'string' ? (named[key]?.(one) ?? one) : one);
  const items = entries.map(([key, one]) => ({ key, label: nameOf(key), children: <Value value={shown(key, one)} /> }));
  return <Descriptions size="small" bordered column={{ xs: 1, md: 2 }} items={items} />;
}

function Value({ value }: { value: unknown }) {
  const t = useText();
  if (value === null || value === undefined || value === '') return <span className="muted">{t('common.none')}</span>;
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no');
  if (typeof value === 'string' || typeof value === 'number') return <span className="snapshot-text">{String(value)}</span>;
  if (Array.isArray(value) && value.every((one) => typeof one === 'string' || typeof one === 'number')) return value.join('、');
  return <pre className="snapshot-text">{JSON.stringify(value, null, 1)}</pre>;
}
