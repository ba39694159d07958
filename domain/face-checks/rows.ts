import { type FaceCheckView, HeadPose, type Localised } from '@qinqiao/contracts';
import type { Db } from '@qinqiao/server-kit';
import { z } from 'zod';
import type { FaceCheckTables } from './migrations.ts';

export const tables = (db: Db) => db.withTables<FaceCheckTables>();
type Row = FaceCheckTables['face_checks'];

const Steps = z.array(HeadPose);
export const stepsOf = ({ steps }: Pick<Row, 'steps'>): HeadPose[] => Steps.parse(JSON.parse(steps));

/** Whether nobody can go on with it. */
export const isOver = ({ expires_at }: Pick<Row, 'expires_at'>, now: number) => Date.parse(expires_at) <= now;

/** The state as it is at `now` (epoch milliseconds): what was not gone on with has expired. */
export const stateAt = (row: Pick<Row, 'state' | 'expires_at'>, now: number): Row['state'] =>
  (row.state === 'open' || row.state === 'waiting') && isOver(row, now) ? 'expired' : row.state;

export const viewOf = (row: Row, now: number, problem: Localised | null = null): FaceCheckView => ({
  id: row.id,
  purpose: row.purpose,
  state: stateAt(row, now),
  reason: row.reason,
  steps: stepsOf(row),
  expiresAt: row.expires_at,
  done: row.done,
  problem,
});
