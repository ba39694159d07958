import { spawnSync } from 'node:child_process';
import { run, SetupError, sayDone, sayStep } from './output.mjs';

/** To run: recordings, the trial speech engine and its compiler. */
const RUN_PACKAGES = ['ffmpeg', 'pocketsphinx-en-us', 'libpocketsphinx-dev', 'libsphinxbase-dev', 'gcc', 'libc6-dev', 'pkg-config'];
/** To make calls by itself (tests, demo): a browser, speech, and letters to show; a database server that tests start by themselves. */
const CALL_PACKAGES = ['chromium', 'flite', 'fonts-noto-cjk', 'mariadb-server-core'];
/** To build the media worker where it cannot be downloaded. */
export const WORKER_PACKAGES = [
  'g++',
  'meson',
  'ninja-build',
  'pkg-config',
  'libssl-dev',
  'libuv1-dev',
  'libsrtp2-dev',
  'libflatbuffers-dev',
  'flatbuffers-compiler',
  'libabsl-dev',
];

const PACKAGES = { store: [], run: RUN_PACKAGES, call: [...RUN_PACKAGES, ...CALL_PACKAGES] };
/** What a command needs: `store` works on the database alone. */
export const packagesFor = (purpose) => PACKAGES[purpose];

/** Sees to it that Debian packages are there; installs them when root or password-less sudo is at hand. */
export async function installDebianPackages(packages) {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const todo = `Install them by hand: sudo apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (!hasCommand('apt-get'))
    throw new SetupError(`Not installed: ${missing.join(', ')}.`, {
      why: 'this is not a Debian system',
      todo: `Install what your system calls ${missing.join(', ')}.`,
    });
  const prefix = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  if (prefix.length > 0 && spawnSync('sudo', ['-n', 'true']).status !== 0) {
    throw new SetupError(`Debian packages are missing: ${missing.join(', ')}.`, {
      why: 'neither root nor sudo without a password is at hand',
      todo,
    });
  }
  sayStep(`Debian packages: ${missing.join(' ')}`);
  const apt = (args) => {
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args];
    return run(command, rest, { label: `apt-get ${args[0]}` });
  };
  await apt(['update']);
  const { code, tail } = await apt(['install', '-y', '--no-install-recommends', ...missing]);
  if (code !== 0) throw new SetupError('Debian packages could not be installed.', { why: tail, todo });
  sayDone('Debian packages');
}

function isInstalled(name) {
  const { status, stdout } = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' });
  return status === 0 && stdout.includes('install ok installed');
}

const hasCommand = (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
