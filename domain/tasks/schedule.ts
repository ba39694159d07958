import { QinqiaoError } from '@qinqiao/contracts';
import { LOCAL_TIME_ZONE, toInstant } from '@qinqiao/server-kit';
import { Cron } from 'croner';

/** The next time after `from` at which a cron expression is due, in the prison's time zone. Throws `bad_request` naming `cron` for one that is none or never due. */
export function nextRun(cron: string, from: Date): string {
  const next = parse(cron).nextRun(from);
  if (!next) throw unusable('is never due');
  return toInstant(next);
}

function parse(cron: string): Cron {
  try {
    return new Cron(cron, { timezone: LOCAL_TIME_ZONE, mode: '5-part', paused: true });
  } catch (cause) {
    throw unusable('not a cron expression of five parts', cause);
  }
}

const unusable = (reason: string, cause?: unknown) => new QinqiaoError('bad_request', { fields: { cron: reason }, cause });
