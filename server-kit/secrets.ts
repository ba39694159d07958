import { createHmac, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from './config.ts';

/** The installation's root secret: from the configuration, or drawn once and kept in the data folder, readable by its owner only. */
export function rootSecret(config: Pick<Config, 'secret' | 'dataDir'>): string {
  if (config.secret) return config.secret;
  mkdirSync(config.dataDir, { recursive: true });
  const file = join(config.dataDir, 'secret.key');
  try {
    // `wx` fails when it is there already, so that two processes starting at once agree on one.
    writeFileSync(file, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8').trim();
}

/** A secret for one purpose, so that no key serves two. */
export function derivedSecret(root: string, purpose: string): string {
  return createHmac('sha256', root).update(purpose).digest('hex');
}
