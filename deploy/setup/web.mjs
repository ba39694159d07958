import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run, SetupError, sayDone, sayStep } from './output.mjs';
import { hashOf, isStamped, NODE, ROOT, stamp } from './places.mjs';

const VITE = ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'];
const TARO = ['node_modules/@tarojs/cli/bin/taro', 'build', '--type', 'h5'];
const APPS = [
  { name: 'console', folder: 'admin-web/web', build: VITE, page: 'dist/index.html' },
  { name: 'tablet', folder: 'prisoner-tablet', build: VITE, page: 'dist/index.html' },
  { name: 'family', folder: 'family-miniapp', build: TARO, page: 'dist/h5/index.html' },
];

/** Builds each web app whose sources have changed since it was built. */
export async function buildWebApps() {
  for (const { name, folder, build, page } of APPS) {
    const hash = hashOf(['package-lock.json', 'contracts', 'client-sdk', folder]);
    if (existsSync(join(ROOT, folder, page)) && isStamped(`web-${name}`, hash)) continue;
    sayStep(`web app: ${name}`);
    const [script, ...args] = build;
    const env = { NODE_ENV: 'production', PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` };
    const { code, tail } = await run(NODE, [join(ROOT, script), ...args], { cwd: join(ROOT, folder), env, label: name });
    if (code !== 0 || !existsSync(join(ROOT, folder, page))) {
      throw new SetupError(`The web app ${name} could not be built.`, { why: tail, todo: `See what is wrong in ${folder}.` });
    }
    stamp(`web-${name}`, hash);
    sayDone(`web app: ${name}`);
  }
}
