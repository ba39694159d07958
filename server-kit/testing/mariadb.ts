import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createConnection } from 'mysql2/promise';
import { runFolder } from './run-folder.ts';

/** A MariaDB server of the tests' own: on a temporary folder and socket, without network, gone with the process that started it. */
export interface PrivateMariaDb {
  /** An empty database of its own; answers its URL. */
  createDatabase(): Promise<string>;
}

let running: Promise<PrivateMariaDb> | undefined;

/** The server of this test run, or of this process where there is none: then it is started when it is first asked for. Needs Debian's mariadb-server-core. */
export function privateMariaDb(): Promise<PrivateMariaDb> {
  const run = runFolder();
  running ??= reach(run ? folderOf(run) : startMariaDb(temporaryFolder(), FAST).folder);
  return running;
}

/** A server set as docs/deployment.md says, to measure with. */
export const siteLikeMariaDb = (): Promise<PrivateMariaDb> => reach(startMariaDb(temporaryFolder(), SITE).folder);

const temporaryFolder = () => mkdtempSync(join(tmpdir(), 'qinqiao-mariadb-'));

const folderOf = (run: string) => join(run, 'mariadb');

/** Starts the server that all processes of a test run use. It is there as soon as `privateMariaDb` answers. */
export function startRunMariaDb(run: string): { stop: () => void } {
  const folder = folderOf(run);
  mkdirSync(folder);
  return startMariaDb(folder, FAST);
}

const ENV = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const asRoot = userInfo().uid === 0 ? ['--user=root'] : [];

// Standard input ends when the tests' process does, however that ends; then server and folder go too.
const GUARD = `"$@" </dev/null >"$FOLDER/log" 2>&1 &
cat >/dev/null
kill -KILL $! 2>/dev/null
wait
rm -rf "$FOLDER"`;

// Without accounts no system tables have to be made, which would take longer than the tests. The folder is its owner's only.
const PRIVATE = ['--skip-networking', '--skip-grant-tables'];

// Nothing of this outlives the tests, so nothing waits for the disk.
const FAST = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-doublewrite=0',
  '--innodb-log-file-size=16M',
  '--innodb-buffer-pool-size=64M',
];

const SITE = ['--innodb-log-file-size=512M', '--innodb-buffer-pool-size=1G'];

const socketIn = (folder: string) => join(folder, 'socket');

function startMariaDb(folder: string, settings: readonly string[]): { folder: string; stop: () => void } {
  const data = join(folder, 'data');
  // A server that starts clears its folder for temporary tables: in a shared one it would take those of others.
  const temporary = join(folder, 'tmp');
  for (const each of [data, temporary]) mkdirSync(each);
  const server = [
    'mariadbd',
    '--no-defaults',
    ...asRoot,
    `--datadir=${data}`,
    `--tmpdir=${temporary}`,
    `--socket=${socketIn(folder)}`,
    `--pid-file=${join(folder, 'pid')}`,
  ];
  const guard = spawn('sh', ['-c', GUARD, 'sh', ...server, ...PRIVATE, ...settings], {
    env: { ...ENV, FOLDER: folder },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  (guard.stdin as Socket).unref();
  return { folder, stop: () => guard.stdin?.end() };
}

async function reach(folder: string): Promise<PrivateMariaDb> {
  const socket = socketIn(folder);
  await answering(socket, join(folder, 'log'));
  let databases = 0;
  const createDatabase = async () => {
    // Of all processes of a run each has names of its own.
    const name = `qinqiao_${process.pid}_${++databases}`;
    await execute(socket, `create database ${name}`);
    return `mysql://root@localhost/${name}?socket=${socket}`;
  };
  return { createDatabase };
}

async function execute(socket: string, statement: string): Promise<void> {
  const connection = await createConnection({ socketPath: socket, user: 'root' });
  await connection.query(statement);
  await connection.end();
}

async function answering(socket: string, log: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      return await execute(socket, 'select 1');
    } catch (cause) {
      if (Date.now() > deadline) throw new Error(`MariaDB did not start:\n${readFileSync(log, 'utf8').slice(-2000)}`, { cause });
    }
    await sleep(50);
  }
}
