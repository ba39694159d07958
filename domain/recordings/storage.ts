import { join, resolve, sep } from 'node:path';
import { type CallId, type Instant, QinqiaoError } from '@qinqiao/contracts';

const SAFE_ID = /^[A-Za-z0-9_-]{1,64}$/;
const SAFE_NAME = /^[a-z0-9-]{1,60}(\.[a-z0-9]{1,8})?$/;

/**
 * Where a call's recording lies, relative to the storage root: recordings/<year>/<month>/<call>, year and month of its epoch in UTC.
 * Throws `bad_request` when the id could not be a folder's name.
 */
export function recordingFolder(callId: CallId, epoch: Instant): string {
  if (!SAFE_ID.test(callId)) throw new QinqiaoError('bad_request', { fields: { callId: 'may hold letters, digits, - and _ only' } });
  return ['recordings', epoch.slice(0, 4), epoch.slice(5, 7), callId].join('/');
}

/** The absolute path of something below the storage root. Throws `not_found` when it would lie outside. */
export function insideStorage(dataDir: string, folder: string, name = ''): string {
  const root = resolve(dataDir);
  const path = resolve(join(root, folder, name));
  if (name !== '' && !SAFE_NAME.test(name)) throw new QinqiaoError('not_found');
  if (!path.startsWith(root + sep)) throw new QinqiaoError('not_found');
  return path;
}
