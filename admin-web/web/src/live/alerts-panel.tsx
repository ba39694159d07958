import { formatDuration } from '@qinqiao/client-sdk';
import type { WordAlert } from '@qinqiao/contracts';
import { Badge, Empty, Switch, Tag } from 'antd';
import { useMemo } from 'react';
import { useText } from '../i18n/index.ts';
import { LevelTag } from '../words/level-tag.tsx';

interface AlertsPanelProps {
  alerts: WordAlert[];
  empty: string;
  beep?: { on: boolean; set: (on: boolean) => void };
  onPick?: (alert: WordAlert) => void;
}

/** The sensitive words that were spoken, the newest on top. */
export function AlertsPanel({ alerts, empty, beep, onPick }: AlertsPanelProps) {
  const t = useText();
  const newest = useMemo(() => [...alerts].sort((a, b) => b.atMs - a.atMs), [alerts]);
  return (
    <section className="panel live-panel alerts">
      <header>
        <h2>{t('live.alerts')}</h2>
        <Badge count={alerts.length} overflowCount={999} />
        <span className="page-head-space" />
        {beep && (
          <label className="beep">
            {t('live.beep')}
            <Switch size="small" checked={beep.on} onChange={beep.set} data-testid="beep" />
          </label>
        )}
      </header>
      <div className="scroll live-scroll" aria-live="polite" data-testid="alerts">
        {newest.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} />}
        {newest.map((alert) => (
          <AlertItem key={alert.id} alert={alert} onPick={onPick} />
        ))}
      </div>
    </section>
  );
}

function AlertItem({ alert, onPick }: { alert: WordAlert; onPick: ((alert: WordAlert) => void) | undefined }) {
  const t = useText();
  const { word, speaker, level, atMs, state } = alert;
  return (
    <button
      type="button"
      className={`alert-item level-${level} is-${state}`}
      disabled={!onPick}
      onClick={() => onPick?.(alert)}
      data-testid="alert-item"
      data-word={word}
      data-speaker={speaker}
      data-state={state}
      data-alert={alert.id}
    >
      <b className="alert-word">{word}</b>
      <LevelTag level={level} />
      <span className="alert-where">
        <span className={`speaker-${speaker}`}>{t(`role.${speaker}`)}</span>
        <time className="digits">{formatDuration(atMs)}</time>
        {state === 'provisional' && <Tag>{t('live.provisionalAlert')}</Tag>}
        {state === 'unconfirmed' && <Tag>{t('live.unconfirmed')}</Tag>}
      </span>
    </button>
  );
}
