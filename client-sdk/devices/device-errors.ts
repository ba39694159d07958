import { type MediaKind, QinqiaoError } from '@qinqiao/contracts';

/** What went wrong when a camera or microphone was taken, as an error the user can act on. */
export function deviceError(error: unknown, kind: MediaKind): QinqiaoError {
  if (error instanceof QinqiaoError) return error;
  const name = error instanceof Error ? error.name : '';
  const options = { cause: error, detail: `${kind}: ${name}` };
  switch (name) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
      return new QinqiaoError('devices_denied', options);
    case 'NotFoundError':
    case 'OverconstrainedError':
    case 'DevicesNotFoundError':
      return new QinqiaoError(kind === 'video' ? 'camera_missing' : 'microphone_missing', options);
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return new QinqiaoError('devices_busy', options);
    default:
      return new QinqiaoError('browser_unsupported', options);
  }
}

/** Cameras exist only on HTTPS pages (and on this very machine). Throws `browser_unsupported` elsewhere. */
export function mediaDevicesOrThrow(): MediaDevices {
  const devices = globalThis.navigator?.mediaDevices as MediaDevices | undefined;
  if (!devices?.getUserMedia) throw new QinqiaoError('browser_unsupported', { detail: 'no mediaDevices: not a secure context' });
  return devices;
}
