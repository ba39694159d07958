import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRunMariaDb } from './mariadb.ts';
import { RUN_FOLDER } from './run-folder.ts';

/**
 * Before a test run: one MariaDB and one folder for all its processes, so that not each of them starts a server and makes all tables anew.
 * Answers what clears them away.
 */
export default function setUpRun(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'qinqiao-run-'));
  process.env[RUN_FOLDER] = folder;
  const { stop } = startRunMariaDb(folder);
  return () => {
    stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
}
