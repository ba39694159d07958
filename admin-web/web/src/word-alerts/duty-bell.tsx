import { AlertOutlined } from '@ant-design/icons';
import type { WordAlertView } from '@qinqiao/contracts';
import { Alert, Badge, Button, Empty, Popover, Switch } from 'antd';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { Sentence, When, WordOf } from './alert-line.tsx';
import { useAcknowledge, useDutyAlerts } from './use-alerts.ts';
import { useSiren } from './use-siren.ts';
import './word-alerts.css';

const NONE: WordAlertView[] = [];

/** The duty officer's alerts, on every page: how many wait, with a sound, to be acknowledged one by one or all at once. */
export function DutyBell() {
  const allowed = useAllowed('alert.handle');
  const t = useText();
  const [open, setOpen] = useState(false);
  const { data, isError } = useDutyAlerts(allowed);
  const items = data?.items ?? NONE;
  const siren = useSiren(items);
  if (!allowed) return null;
  const total = data?.total ?? 0;
  const escalated = items.some(({ escalatedAt }) => escalatedAt !== null);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      content={<DutyList items={items} total={total} stale={isError} siren={siren} onLeave={() => setOpen(false)} />}
    >
      <Badge count={total} overflowCount={99} size="small">
        <Button
          type="text"
          className={`shell-button duty-bell${total > 0 ? ' rings' : ''}${escalated ? ' is-escalated' : ''}`}
          icon={<AlertOutlined />}
          aria-label={t('wordAlerts.dutyCount', { count: total })}
          data-testid="duty-bell"
          data-count={total}
        />
      </Badge>
    </Popover>
  );
}

interface ListProps {
  items: WordAlertView[];
  total: number;
  stale: boolean;
  siren: { on: boolean; set: (on: boolean) => void };
  onLeave: () => void;
}

function DutyList({ items, total, stale, siren, onLeave }: ListProps) {
  const t = useText();
  const { busy, acknowledge } = useAcknowledge();
  return (
    <section className="duty-list" data-testid="duty-list">
      <header>
        <b>{t('wordAlerts.duty')}</b>
        <label className="beep">
          {t('wordAlerts.sound')}
          <Switch size="small" checked={siren.on} onChange={siren.set} data-testid="duty-sound" />
        </label>
        <span className="page-head-space" />
        {items.length > 1 && (
          <Button size="small" loading={busy} onClick={() => void acknowledge(items.map(({ id }) => id))} data-testid="acknowledge-all">
            {t('wordAlerts.acknowledgeAll', { count: items.length })}
          </Button>
        )}
      </header>
      {stale && <Alert type="warning" banner title={t('wordAlerts.stale')} />}
      {items.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('wordAlerts.dutyNone')} />}
      <ul>
        {items.map((alert) => (
          <DutyItem key={alert.id} alert={alert} busy={busy} onAcknowledge={() => void acknowledge([alert.id])} onLeave={onLeave} />
        ))}
      </ul>
      <footer className="muted">
        {total > items.length && <span>{t('wordAlerts.dutyMore', { shown: items.length, total })}</span>}
        <Link to="/word-alerts" onClick={onLeave}>
          {t('wordAlerts.all')}
        </Link>
      </footer>
    </section>
  );
}

interface ItemProps {
  alert: WordAlertView;
  busy: boolean;
  onAcknowledge: () => void;
  onLeave: () => void;
}

function DutyItem({ alert, busy, onAcknowledge, onLeave }: ItemProps) {
  const t = useText();
  const { callId, level, escalatedAt, speaker, inmateName, familyName, roomName, running } = alert;
  return (
    <li className={`duty-item level-${level}${escalatedAt ? ' is-escalated' : ''}`} data-testid="duty-item" data-word={alert.word}>
      <div className="duty-what">
        <span>
          <WordOf alert={alert} /> <span className={`speaker-${speaker}`}>{t(`role.${speaker}`)}</span> <When alert={alert} />
        </span>
        <Sentence alert={alert} />
        <small className="muted">
          {inmateName} — {familyName} {roomName && `· ${roomName}`}
        </small>
      </div>
      <div className="duty-act">
        {running && (
          <Link to={`/live/${callId}`} onClick={onLeave}>
            {t('wordAlerts.watch')}
          </Link>
        )}
        <Button size="small" type="primary" loading={busy} onClick={onAcknowledge} data-testid="acknowledge">
          {t('wordAlerts.acknowledge')}
        </Button>
      </div>
    </li>
  );
}
