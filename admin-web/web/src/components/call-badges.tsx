import type { CallState, Presence } from '@qinqiao/contracts';
import { Badge, Tag } from 'antd';
import { useText } from '../i18n/index.ts';

const STATE_COLOURS: Record<CallState, string> = {
  scheduled: 'default',
  open: 'blue',
  connecting: 'gold',
  live: 'green',
  paused: 'orange',
  ended: 'default',
};
const PRESENCE: Record<Presence, 'default' | 'success' | 'warning' | 'error'> = {
  absent: 'default',
  present: 'success',
  reconnecting: 'warning',
  away: 'error',
};

export function StateTag({ state }: { state: CallState }) {
  const t = useText();
  return (
    <Tag color={STATE_COLOURS[state]} data-testid="call-state" data-state={state} style={{ marginInlineEnd: 0 }}>
      {t(`state.${state}`)}
    </Tag>
  );
}

export function PresenceBadge({ role, presence }: { role: 'inmate' | 'family'; presence: Presence }) {
  const t = useText();
  return (
    <span className="presence" data-testid={`presence-${role}`} data-presence={presence}>
      <Badge status={PRESENCE[presence]} text={`${t(`role.${role}`)} ${t(`presence.${presence}`)}`} />
    </span>
  );
}
