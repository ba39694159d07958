import type { Localised, TaskField } from '@qinqiao/contracts';
import type { Clock, CryptoProvider, DatabaseOptions, Db, Logger } from '@qinqiao/server-kit';
import { z } from 'zod';

/** What tasks work with. */
export interface TaskDeps {
  db: Db;
  crypto: CryptoProvider;
  clock: Clock;
  dataDir: string;
  database: DatabaseOptions;
  log: Logger;
}

export interface TaskContext extends TaskDeps {
  parameters: Record<string, number>;
  /** Aborted at the time limit, when somebody cancels the run, and when the service stops. */
  signal: AbortSignal;
  /** Adds a line to the run's log. */
  note: (text: string) => void;
  /** How far it is, 0…1. */
  progress: (share: number) => void;
}

/** A kind of work that can be scheduled. `run` answers what came of it in one line. */
export interface TaskKind {
  kind: string;
  label: Localised;
  help: Localised;
  fields: readonly TaskField[];
  /** When the task that every installation has is run at first; null: none is made. */
  cron: string;
  builtIn: boolean;
  timeLimitS: number;
  run(context: TaskContext): Promise<string>;
}

/** The schema of a kind's parameters: each of its fields, nothing else. */
export const parametersOf = ({ fields }: Pick<TaskKind, 'fields'>) =>
  z.strictObject(
    Object.fromEntries(fields.map(({ name, min, max, initial }) => [name, z.number().int().min(min).max(max).default(initial)])),
  );
