import { fieldReason, QinqiaoError } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { readParameter } from '../settings/index.ts';
import type { Period } from './rows.ts';

/** The same day some months later; where there is none, the month's last. */
export function addMonths(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
}

/** Throws `bad_request` naming the field when the period is over already, or longer than entries may last. */
export async function assertPeriod(db: Db, { validFrom, validUntil }: Period, today: string): Promise<void> {
  if (validUntil < today) throw new QinqiaoError('bad_request', { fields: { validUntil: 'in_the_past' } });
  const limit = await readParameter(db, 'allowlist.months');
  if (validUntil > addMonths(validFrom, limit))
    throw new QinqiaoError('bad_request', { fields: { validUntil: fieldReason('period_too_long', { limit }) } });
}
