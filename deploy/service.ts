// One service alone: npm run service -- web | rest | recorder | asr-bridge | picture-watch. They share the database, the data folder and the secret.
import { ConfigError, loadConfig } from '@qinqiao/server-kit';
import { addDemoData } from './demo-data.ts';
import { addFirstAccounts, firstLoginsFile } from './first-accounts.ts';
import { PortInUse } from './app.ts';
import { openPlatform, type Platform, startWeb } from './platform.ts';
import { startRest } from './rest.ts';
import { startAsrBridge, startPictureWatch, startRecorder } from './services.ts';

const SERVICES: Record<string, (platform: Platform) => Promise<AsyncDisposable>> = {
  web: async (platform) => {
    const first = await addFirstAccounts(platform, platform.config.dataDir);
    if (first) console.log(`首次登录 First log-ins: ${firstLoginsFile(platform.config.dataDir)}`);
    return startWeb(platform);
  },
  'web-with-demo-data': async (platform) => {
    await addDemoData(platform, platform.config.dataDir);
    return startWeb(platform);
  },
  rest: startRest,
  recorder: startRecorder,
  'asr-bridge': startAsrBridge,
  'picture-watch': startPictureWatch,
};

async function main(): Promise<void> {
  const name = process.argv[2] ?? '';
  const start = SERVICES[name];
  if (!start) throw new ConfigError(`Unknown service: ${name || '(none)'}. One of ${Object.keys(SERVICES).join(', ')}.`);
  await using stack = new AsyncDisposableStack();
  const platform = stack.use(await openPlatform(loadConfig()));
  stack.use(await start(platform));
  console.log(`${name} is up`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const expected = error instanceof PortInUse || error instanceof ConfigError;
    console.error(`✗ ${expected ? error.message : error instanceof Error ? error.stack : String(error)}`);
    process.exit(1);
  },
);
