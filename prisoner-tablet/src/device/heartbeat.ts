import { QinqiaoError, type TabletView } from '@qinqiao/contracts';
import { useEffect, useState } from 'react';
import { api } from '../session/api.ts';

export const APP_VERSION = import.meta.env.VITE_APP_VERSION;
const EVERY_MS = 30_000;

interface BatteryManager {
  level: number;
  charging: boolean;
}

export interface TabletState {
  /** What the server says of this tablet; null before it has answered. */
  tablet: TabletView | null;
  /** The key is worth nothing (any more): the tablet must be paired. It goes on asking, as it may be known again. */
  unknown: boolean;
}

/** Tells the server every half minute that the tablet is there, with its version and battery. */
export function useHeartbeat(deviceKey: string | null): TabletState {
  const [state, setState] = useState<TabletState & { key: string | null }>({ key: null, tablet: null, unknown: false });
  useEffect(() => {
    if (deviceKey === null) return undefined;
    let over = false;
    const beat = async () => {
      try {
        const tablet = await api.tabletHeartbeat({ body: { deviceKey, appVersion: APP_VERSION, battery: await batteryNow() } });
        if (!over) setState({ key: deviceKey, tablet, unknown: false });
      } catch (error) {
        const unknown = error instanceof QinqiaoError && error.code === 'device_unknown';
        // Without network nothing is known; what was known before holds.
        if (unknown && !over) setState({ key: deviceKey, tablet: null, unknown: true });
      }
    };
    void beat();
    const timer = setInterval(() => void beat(), EVERY_MS);
    return () => {
      over = true;
      clearInterval(timer);
    };
  }, [deviceKey]);
  return state.key === deviceKey ? state : { tablet: null, unknown: false };
}

async function batteryNow(): Promise<{ percent: number; charging: boolean } | null> {
  const { getBattery } = navigator as Navigator & { getBattery?: () => Promise<BatteryManager> };
  const battery = await getBattery?.call(navigator).catch(() => null);
  return battery ? { percent: Math.round(battery.level * 100), charging: battery.charging } : null;
}
