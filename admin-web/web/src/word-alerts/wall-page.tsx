import { formatDuration } from '@qinqiao/client-sdk';
import { FullscreenExitOutlined, FullscreenOutlined } from '@ant-design/icons';
import type { WallCall } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Alert, Badge, Button, Empty, Tag } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { Link } from 'react-router-dom';
import { StateTag } from '../components/call-badges.tsx';
import { ErrorView } from '../components/error-view.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { LevelTag } from '../words/level-tag.tsx';
import './word-alerts.css';

const REFRESH_MS = 2000;

/** Every call that goes on, for a large screen: those with alerts first. */
export function WallPage() {
  const t = useText();
  const frame = useRef<HTMLElement>(null);
  const wall = useQuery({ queryKey: ['wall'], queryFn: () => api.readWall(), refetchInterval: REFRESH_MS });
  const now = useNow();
  const items = wall.data?.items ?? [];
  const total = wall.data?.total ?? 0;
  return (
    <main className="page wall" ref={frame} data-testid="wall">
      <div className="page-head">
        <h1>{t('wordAlerts.wall.title')}</h1>
        <Badge status={total > 0 ? 'processing' : 'default'} text={t('wordAlerts.wall.count', { count: total })} />
        <span className="page-head-space" />
        {total > items.length && <span className="muted">{t('wordAlerts.wall.more', { shown: items.length, total })}</span>}
        <FullScreen frame={frame} />
      </div>
      {wall.isError && wall.data && <Alert type="warning" showIcon banner title={t('wordAlerts.stale')} />}
      {wall.isError && !wall.data && <ErrorView error={wall.error} onRetry={() => void wall.refetch()} />}
      {wall.isSuccess && items.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('wordAlerts.wall.none')} />}
      <div className="wall-calls">
        {items.map((call) => (
          <WallTile key={call.callId} call={call} now={now} />
        ))}
      </div>
    </main>
  );
}

function WallTile({ call, now }: { call: WallCall; now: number }) {
  const t = useText();
  const { alerts, openAlerts, heldPictures } = call;
  const [first] = alerts;
  const level = first ? ` level-${first.level}${first.escalated ? ' is-escalated' : ''}` : '';
  return (
    <Link to={`/live/${call.callId}`} className={`wall-call${level}`} data-testid="wall-call" data-alerts={openAlerts}>
      <header>
        <b>{call.roomName}</b>
        <StateTag state={call.state} />
      </header>
      <p className="wall-who">
        {call.inmateName} — {call.familyName} <small className="muted">{call.relation}</small>
      </p>
      <p className="muted">
        {call.prisonName} ·{' '}
        <span className="digits">{t('wordAlerts.wall.left', { time: formatDuration(Math.max(0, Date.parse(call.endsAt) - now)) })}</span>
      </p>
      <footer>
        {openAlerts === 0 ? (
          <span className="muted">{t('wordAlerts.wall.calm')}</span>
        ) : (
          <>
            {alerts.slice(0, 3).map(({ id, word, level: of }) => (
              <span key={id} className="wall-word">
                <b>{word}</b> <LevelTag level={of} />
              </span>
            ))}
            <Tag color="red">{t('wordAlerts.wall.alerts', { count: openAlerts })}</Tag>
          </>
        )}
        {heldPictures > 0 && <Tag color="volcano">{t('wordAlerts.wall.held')}</Tag>}
      </footer>
    </Link>
  );
}

function FullScreen({ frame }: { frame: React.RefObject<HTMLElement | null> }) {
  const t = useText();
  const [full, setFull] = useState(false);
  useEffect(() => {
    const look = () => setFull(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', look);
    return () => document.removeEventListener('fullscreenchange', look);
  }, []);
  const change = () => void (full ? document.exitFullscreen() : frame.current?.requestFullscreen())?.catch(() => {});
  return (
    <Button icon={full ? <FullscreenExitOutlined /> : <FullscreenOutlined />} onClick={change} data-testid="wall-full">
      {t(full ? 'wordAlerts.wall.leave' : 'wordAlerts.wall.full')}
    </Button>
  );
}

/** This moment, anew every second. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
