import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const source = (name: string) => fileURLToPath(new URL(`../../deploy/trial-engine/${name}`, import.meta.url));

/** Path of the trial engine's program: the one that is set up, or one that is built now and kept until its source changes. */
export async function trialProgram(): Promise<string> {
  if (process.env.QINQIAO_TRIAL_ENGINE) return process.env.QINQIAO_TRIAL_ENGINE;
  const hash = createHash('sha256')
    .update(await readFile(source('trial-engine.c')))
    .digest('hex')
    .slice(0, 12);
  const program = join(tmpdir(), `qinqiao-trial-engine-${hash}`);
  if (!existsSync(program)) await promisify(execFile)(source('build.sh'), [program]);
  return program;
}
