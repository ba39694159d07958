import { formatDuration } from '@qinqiao/client-sdk';
import type { AlertHandlingView, WordAlert } from '@qinqiao/contracts';
import { Badge, Button, Empty, Switch, Tag } from 'antd';
import { useMemo } from 'react';
import { useText } from '../i18n/index.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { HandlingTag } from '../word-alerts/alert-line.tsx';
import { useAcknowledge, useHandling } from '../word-alerts/use-alerts.ts';
import { LevelTag } from '../words/level-tag.tsx';

interface AlertsPanelProps {
  callId: string;
  /** The call goes on: its alerts are to be acknowledged. */
  live: boolean;
  alerts: WordAlert[];
  empty: string;
  beep?: { on: boolean; set: (on: boolean) => void };
  onPick?: (alert: WordAlert) => void;
}

/** The sensitive words that were spoken, the newest on top. */
export function AlertsPanel({ callId, live, alerts, empty, beep, onPick }: AlertsPanelProps) {
  const t = useText();
  const handling = useHandling(callId, live);
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
          <AlertItem key={alert.id} alert={alert} handling={handling.get(alert.id)} onPick={onPick} />
        ))}
      </div>
    </section>
  );
}

interface ItemProps {
  alert: WordAlert;
  handling: AlertHandlingView | undefined;
  onPick: ((alert: WordAlert) => void) | undefined;
}

function AlertItem({ alert, handling, onPick }: ItemProps) {
  const t = useText();
  const { word, speaker, level, atMs, state, match, note } = alert;
  return (
    <div className={`alert-item level-${level} is-${state}${handling?.escalatedAt ? ' is-escalated' : ''}`}>
      <button
        type="button"
        disabled={!onPick}
        onClick={() => onPick?.(alert)}
        title={note}
        data-testid="alert-item"
        data-word={word}
        data-speaker={speaker}
        data-state={state}
        data-alert={alert.id}
      >
        <b className="alert-word">{word}</b>
        <LevelTag level={level} />
        {match === 'homophone' && <Tag>{t('wordAlerts.homophone')}</Tag>}
        <span className="alert-where">
          <span className={`speaker-${speaker}`}>{t(`role.${speaker}`)}</span>
          <time className="digits">{formatDuration(atMs)}</time>
          {state === 'provisional' && <Tag>{t('live.provisionalAlert')}</Tag>}
          {state === 'unconfirmed' && <Tag>{t('live.unconfirmed')}</Tag>}
        </span>
      </button>
      {handling && <Handling alert={alert} handling={handling} />}
    </div>
  );
}

function Handling({ alert, handling }: { alert: WordAlert; handling: AlertHandlingView }) {
  const t = useText();
  const allowed = useAllowed('alert.handle');
  const { busy, acknowledge } = useAcknowledge();
  return (
    <div className="alert-handled">
      <HandlingTag handling={handling} />
      {handling.open && allowed && (
        <Button size="small" loading={busy} onClick={() => void acknowledge([alert.id])} data-testid="live-acknowledge">
          {t('wordAlerts.acknowledge')}
        </Button>
      )}
    </div>
  );
}
