import { createHash } from 'node:crypto';
import { AppointmentKind, fieldReason, Instant, type Localised, QinqiaoError } from '@qinqiao/contracts';
import { z } from 'zod';

export const FORMAT = 'qinqiao.appointments';
export const VERSION = 1;
/** Rows of one package. */
export const MOST_ROWS = 50_000;

const Header = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  prisonId: z.string(),
  rows: z.number().int().nonnegative(),
  /** SM3 of the lines that follow, each with its line feed. */
  sm3: z.string().regex(/^[0-9a-f]{64}$/),
});

/** One appointment of a package. `reference`: the prison's own number, or ours where it was booked here. */
export const PackageRow = z
  .object({
    reference: z.string().trim().min(1).max(64),
    kind: AppointmentKind,
    inmateNumber: z.string().trim().min(1).max(32),
    familyName: z.string().trim().min(1).max(64),
    familyIdNumber: z.string().trim().max(32).default(''),
    familyPhone: z.string().trim().max(32).default(''),
    startsAt: Instant,
    endsAt: Instant,
    state: z.enum(['approved', 'completed', 'missed', 'cancelled']),
    /** Minutes that were used, of completed ones; without it the whole time. */
    minutes: z.number().int().min(0).max(600).optional(),
    reason: z.string().trim().max(200).default(''),
  })
  .refine(({ startsAt, endsAt }) => endsAt > startsAt, { path: ['endsAt'], message: 'date_order' });
export type PackageRow = z.output<typeof PackageRow>;

export const sm3 = (text: string) => createHash('sm3').update(text).digest('hex');

/** The lines of a package of this prison. Throws `file_invalid`, `transfer_too_large`. */
export function rowsOf(text: string, prisonId: string): string[] {
  const end = text.indexOf('\n');
  const header = Header.safeParse(tryJson(end < 0 ? text : text.slice(0, end)));
  const body = end < 0 ? '' : text.slice(end + 1);
  const wrong = (reason: Localised) => new QinqiaoError('file_invalid', { fields: { file: reason } });
  if (!header.success) throw wrong({ zh: '不是预约数据包', en: 'This is no data package of appointments' });
  if (header.data.prisonId !== prisonId) throw wrong({ zh: '数据包属于其他监狱', en: 'The package is of another prison' });
  if (header.data.sm3 !== sm3(body)) throw wrong({ zh: '数据包内容已被改动或不完整', en: 'The package was changed or is not complete' });
  const lines = body.split('\n').filter((line) => line.trim() !== '');
  if (lines.length !== header.data.rows) throw wrong({ zh: '数据包行数不符', en: 'The package does not have the rows it says' });
  if (lines.length > MOST_ROWS) throw new QinqiaoError('transfer_too_large');
  return lines;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a line calls its appointment, as far as it can be read. */
export function referenceIn(line: string): string {
  const row = tryJson(line) as { reference?: unknown } | undefined;
  return typeof row?.reference === 'string' ? row.reference.slice(0, 64) : '';
}

/** Throws `bad_request` naming the field. */
export function parseRow(line: string): PackageRow {
  const parsed = PackageRow.safeParse(tryJson(line));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || '—';
  const { zh, en } = fieldReason('invalid');
  throw new QinqiaoError('bad_request', { fields: { [field]: { zh: `${field}：${zh}`, en: `${field}: ${en}` } } });
}
