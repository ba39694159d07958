import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { run, SetupError, sayDone, sayStep } from './output.mjs';
import { hashOf, isStamped, NODE, ROOT, stamp } from './places.mjs';

/**
 * Installs what the lock file says, without install scripts: none of them is needed, and some download what may be out of reach.
 * Not `npm ci`: from npm 11.19 on it refuses a lock file that leaves out other platforms' optional packages, and a registry mirror
 * that does not carry those packages can make no other lock file. `npm install --no-save` takes the same versions, checks the same
 * hashes and leaves the lock file as it is.
 */
export async function installPackages() {
  const hash = hashOf(['package-lock.json']);
  if (existsSync(join(ROOT, 'node_modules/.package-lock.json')) && isStamped('packages', hash)) return;
  sayStep('npm packages (about 2 minutes the first time)');
  const { code, tail } = await run('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: ROOT,
    label: 'npm install',
  });
  if (code !== 0)
    throw new SetupError('The npm packages could not be installed.', {
      why: tail,
      todo: 'See that the npm registry can be reached (npm ping), then start again.',
    });
  stamp('packages', hash);
  sayDone('npm packages');
}

/**
 * Node 24 comes with the npm packages; the Node that runs this may be older. Both platforms' packages bring a program of the same
 * name, and npm 10 takes its link away with the package that it leaves out: so the link is made here.
 */
export function checkNode() {
  const own = join(ROOT, `node_modules/node-linux-${process.arch}/bin/node`);
  const version = existsSync(own) ? execFileSync(own, ['--version'], { encoding: 'utf8' }).trim() : 'missing';
  if (Number(/^v(\d+)/.exec(version)?.[1] ?? 0) < 24) {
    throw new SetupError(`Node 24 is not in node_modules (${version}).`, {
      why: `there is a build of it for Linux on x64 and arm64; this is ${process.platform} on ${process.arch}`,
      todo: 'Delete node_modules and start again on such a machine.',
    });
  }
  if (existsSync(NODE) && realpathSync(NODE) === realpathSync(own)) return;
  rmSync(NODE, { force: true });
  symlinkSync(relative(dirname(NODE), own), NODE);
}
