import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installDebianPackages, WORKER_PACKAGES } from './debian.mjs';
import { run, SetupError, sayDone, sayStep } from './output.mjs';
import { CACHE, hashOf, ROOT } from './places.mjs';

/** The mediasoup worker: given, kept from before, downloaded, or built from the npm package's own sources. Answers its path. */
export async function mediaWorker() {
  if (process.env.MEDIASOUP_WORKER_BIN) return process.env.MEDIASOUP_WORKER_BIN;
  const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/mediasoup/package.json'), 'utf8'));
  const recipe = hashOf(['deploy/mediasoup-worker']).slice(0, 8);
  const kept = join(CACHE, `mediasoup-worker-${version}-${process.arch}-${recipe}`);
  if (existsSync(kept) && starts(kept)) return kept;
  mkdirSync(CACHE, { recursive: true });
  sayStep(`mediasoup worker ${version}: looking for the prebuilt one`);
  if (!(await download(kept))) await build(kept);
  sayDone(`mediasoup worker ${version}`);
  return kept;
}

/** mediasoup's own install script fetches the prebuilt worker; without a Python it cannot go on to build one, which is ours to do. */
async function download(target) {
  const folder = join(ROOT, 'node_modules/mediasoup');
  const env = { PYTHON: '/bin/false', MEDIASOUP_WORKER_BIN: undefined };
  const { code } = await run(process.execPath, ['npm-scripts.mjs', 'postinstall'], {
    cwd: folder,
    env,
    label: 'download',
    timeoutMs: 90_000,
  });
  const fetched = join(folder, 'worker/out/Release/mediasoup-worker');
  if (code !== 0 || !existsSync(fetched) || !starts(fetched)) return false;
  copyFileSync(fetched, `${target}.part`);
  renameSync(`${target}.part`, target);
  return true;
}

async function build(target) {
  await installDebianPackages(WORKER_PACKAGES);
  sayStep('mediasoup worker: not to be downloaded here, so it is built (about 4 minutes on two cores, once per machine)');
  const script = join(ROOT, 'deploy/mediasoup-worker/build.sh');
  const { code, tail } = await run('bash', [script, join(ROOT, 'node_modules/mediasoup'), target], { label: 'building' });
  if (code === 0 && starts(target)) return;
  rmSync(target, { force: true });
  const todo =
    'Give a worker built elsewhere for this mediasoup version by MEDIASOUP_WORKER_BIN, or mend deploy/mediasoup-worker/build.sh.';
  throw new SetupError('The mediasoup worker could not be built.', { why: tail, todo });
}

/** A worker started by hand says that it needs its parent's channel, and exits with 41 or 1; one for another system does not start. */
function starts(binary) {
  const { error, signal } = spawnSync(binary, [], { timeout: 5000 });
  return !error && !signal;
}

/** The trial speech engine, built from deploy/trial-engine. Answers its path. */
export async function trialEngine() {
  if (process.env.QINQIAO_TRIAL_ENGINE) return process.env.QINQIAO_TRIAL_ENGINE;
  const kept = join(CACHE, `trial-engine-${process.arch}-${hashOf(['deploy/trial-engine']).slice(0, 12)}`);
  if (existsSync(kept)) return kept;
  mkdirSync(CACHE, { recursive: true });
  sayStep('trial speech engine');
  const { code, tail } = await run('bash', [join(ROOT, 'deploy/trial-engine/build.sh'), kept], { label: 'compiling' });
  if (code !== 0)
    throw new SetupError('The trial speech engine could not be built.', {
      why: tail,
      todo: 'See that the packages named in deploy/setup/debian.mjs are installed.',
    });
  sayDone('trial speech engine');
  return kept;
}
