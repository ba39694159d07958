// npm start, npm test and their kin: everything they need is set up first. Runs on Node 20 or newer with nothing installed.
import { join } from 'node:path';
import { installDebianPackages, packagesFor } from './debian.mjs';
import { checkNode, installPackages } from './npm.mjs';
import { runAttached, SetupError, say } from './output.mjs';
import { NODE, ROOT } from './places.mjs';
import { mediaWorker, trialEngine } from './programs.mjs';
import { buildWebApps } from './web.mjs';

const COMMANDS = {
  setup: { purpose: 'call' },
  start: { purpose: 'run', script: 'deploy/all-in-one.ts' },
  service: { purpose: 'run', script: 'deploy/service.ts' },
  demo: { purpose: 'call', script: 'e2e/demo/main.ts' },
  bench: { purpose: 'call', script: 'bench/main.ts' },
  test: { purpose: 'call', script: 'deploy/test/main.ts' },
  'audit:verify': { purpose: 'store', script: 'deploy/audit-verify.ts' },
  'recordings:verify': { purpose: 'store', script: 'deploy/recordings-verify.ts' },
  'faces:evaluate': { purpose: 'store', script: 'faces/evaluate/main.ts' },
  backup: { purpose: 'store', script: 'deploy/backup.ts', first: ['backup'] },
  restore: { purpose: 'store', script: 'deploy/backup.ts', first: ['restore'] },
};

const FLAGS = [
  '--disable-warning=ExperimentalWarning',
  // The thread that looks for faces fills a small heap again and again: collected by four threads at once, that alone took a fifth of the watch's CPU.
  '--no-parallel-scavenge',
  // In a young heap of one megabyte, as it begins, what lives for one look at a picture is taken for old, and all of the old heap is collected for it.
  '--min-semi-space-size=16',
];

async function main() {
  const [name = '', ...args] = process.argv.slice(2);
  const command = COMMANDS[name];
  if (!command) throw new SetupError(`Unknown command: ${name}`, { todo: `One of ${Object.keys(COMMANDS).join(', ')}.` });
  await installPackages();
  checkNode();
  await installDebianPackages(packagesFor(command.purpose));
  const env = command.purpose === 'store' ? {} : { MEDIASOUP_WORKER_BIN: await mediaWorker(), QINQIAO_TRIAL_ENGINE: await trialEngine() };
  if (command.purpose !== 'store') await buildWebApps();
  if (!command.script) return 0;
  const path = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}`;
  return runAttached(NODE, [...FLAGS, join(ROOT, command.script), ...(command.first ?? []), ...args], {
    env: { ...env, PATH: path },
  });
}

main().then(
  (code) => process.exit(code),
  (error) => {
    say(`\n✗ ${error instanceof SetupError ? error.message : error.stack}`);
    process.exit(1);
  },
);
