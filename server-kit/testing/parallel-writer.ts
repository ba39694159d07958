// One of several processes at work on one store. Arguments: what to do, the database's options as JSON, this process's name.
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { type DatabaseOptions, type Db, JobQueue, kitMigrations, migrateOnce, openDatabase, SYSTEM_ACTOR, writeAudit } from '../index.ts';

const [, , act = '', json = '{}', name = ''] = process.argv;
const options = JSON.parse(json) as DatabaseOptions;

const entry = (id: string) => ({
  at: '2026-11-21T00:00:00.000Z',
  actor: SYSTEM_ACTOR,
  action: 'a.b',
  subject: { kind: 'x', id: `${name}${id}` },
});

async function writeOne(db: Db, i: number): Promise<number> {
  if (i % 3 > 0) {
    await writeAudit(db, entry(`${i}`));
    return 1;
  }
  // Within a transaction that has read before it had to wait, and of which every second one is taken back.
  const work = db.transaction().execute(async (trx) => {
    await sql`select count(*) from audit`.execute(trx);
    await writeAudit(trx, entry(`${i}`));
    await writeAudit(trx, entry(`${i}+`));
    if (i % 2) throw new RangeError('taken back');
  });
  return work.then(
    () => 2,
    (error: unknown) => {
      if (error instanceof RangeError) return 0;
      throw error;
    },
  );
}

const acts: Record<string, (db: Db) => Promise<unknown>> = {
  migrate: (db) => migrateOnce(db, kitMigrations, options),
  audit: async (db) => {
    const written = await Promise.all(Array.from({ length: 24 }, (_, i) => writeOne(db, i)));
    return written.reduce((sum, each) => sum + each, 0);
  },
  jobs: async (db) => {
    const seen: { key: string; attempt: number }[] = [];
    const workOff = async (queue: JobQueue) => {
      while (await queue.runOne('k', ({ key, attempt }) => sleep(5).then(() => void seen.push({ key, attempt }))));
    };
    await Promise.all([1, 2].map((i) => workOff(new JobQueue(db, { owner: `${name}${i}` }))));
    return seen;
  },
  enqueue: async (db) => {
    const queue = new JobQueue(db, { owner: name });
    const asked = Array.from({ length: 10 }, () => queue.enqueue(db, { kind: 'k', key: '1', payload: {} }));
    return (await Promise.all(asked)).filter(Boolean).length;
  },
};

const store = openDatabase(options);
console.log(JSON.stringify(await acts[act]?.(store)));
await store.destroy();
