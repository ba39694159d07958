import { Descriptions } from 'antd';
import { useText } from '../i18n/index.ts';
import { useFactNames } from './flow/fact-names.ts';

interface Props {
  value: Record<string, unknown>;
  empty: string;
  /** The names are those of facts. */
  names?: 'facts';
}

/** What was submitted, name by name. What is nested is shown as it is written. */
export function Snapshot({ value, empty, names }: Props) {
  const { factName, valueName } = useFactNames();
  const entries = Object.entries(value);
  if (entries.length === 0) return <span className="muted">{empty}</span>;
  const items = entries.map(([key, one]) => ({
    key,
    label: names ? factName(key) : key,
    children: <Value value={names && typeof one === 'string' ? valueName(key, one) : one} />,
  }));
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
