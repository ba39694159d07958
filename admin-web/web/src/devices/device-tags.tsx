import type { DeviceState, DeviceView } from '@qinqiao/contracts';
import { Badge, Tag } from 'antd';
import { momentOf } from '../components/format.ts';
import { useText } from '../i18n/index.ts';

const COLOURS: Record<DeviceState, string> = { in_service: 'green', broken: 'red', revoked: 'default' };

export function DeviceStateTag({ state }: { state: DeviceState }) {
  const t = useText();
  return (
    <Tag color={COLOURS[state]} data-testid="device-state" data-state={state}>
      {t(`devices.states.${state}`)}
    </Tag>
  );
}

/** Whether the tablet is there now, or when it was last; with its battery. */
export function SeenTag({ device: { online, seenAt, battery } }: { device: Pick<DeviceView, 'online' | 'seenAt' | 'battery'> }) {
  const t = useText();
  const seen = online ? t('devices.online') : seenAt ? t('devices.lastSeen', { at: momentOf(seenAt) }) : t('devices.neverSeen');
  const power = battery && `${battery.percent}%${battery.charging ? ' ⚡' : ''}`;
  return <Badge status={online ? 'success' : 'default'} text={[seen, power].filter(Boolean).join(' · ')} />;
}
