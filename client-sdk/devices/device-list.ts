import { mediaDevicesOrThrow } from './device-errors.ts';

export interface DeviceInfo {
  id: string;
  label: string;
}

/** Cameras and microphones of this device. Labels are there only after the user allowed their use. */
export async function listDevices(): Promise<{ cameras: DeviceInfo[]; microphones: DeviceInfo[] }> {
  const devices = await mediaDevicesOrThrow().enumerateDevices();
  const ofKind = (kind: MediaDeviceKind) =>
    devices
      .filter((device) => device.kind === kind && device.deviceId !== '')
      .map((device, index) => ({ id: device.deviceId, label: device.label || `${index + 1}` }));
  return { cameras: ofKind('videoinput'), microphones: ofKind('audioinput') };
}

/** Calls back when a device is plugged in or out. */
export function onDevicesChanged(listener: () => void): () => void {
  const devices = mediaDevicesOrThrow();
  devices.addEventListener('devicechange', listener);
  return () => devices.removeEventListener('devicechange', listener);
}
