// npm start: all services in one process on the embedded defaults.
import { ConfigError, loadConfig } from '@qinqiao/server-kit';
import { addDemoData, readDemoLogins } from './demo-data.ts';
import { addFirstAccounts, firstLoginsFile } from './first-accounts.ts';
import { PortInUse } from './app.ts';
import { openPlatform, startWeb } from './platform.ts';
import { startAsrBridge, startPictureWatch, startRecorder } from './services.ts';
import { printWelcome } from './welcome.ts';

const STOPPING_LIMIT_MS = 15_000;

async function main(): Promise<void> {
  const config = loadConfig();
  // From the beginning: a signal that comes while it starts must not be lost.
  const signalled = untilSignal();
  await using stack = new AsyncDisposableStack();
  const platform = stack.use(await openPlatform(config));
  const first = config.demoData ? await addDemoData(platform, config.dataDir) : await addFirstAccounts(platform, config.dataDir);
  const web = stack.use(await startWeb(platform));
  stack.use(await startRecorder(platform));
  stack.use(await startAsrBridge(platform));
  stack.use(await startPictureWatch(platform));
  await untilReady(web.port);
  printWelcome({ url: `http://127.0.0.1:${web.port}`, logins: readDemoLogins(config.dataDir), dataDir: config.dataDir, first });
  if (first && !config.demoData) console.log(`  首次登录 First log-ins: ${firstLoginsFile(config.dataDir)}\n`);
  const signal = await signalled;
  setTimeout(() => process.exit(1), STOPPING_LIMIT_MS).unref();
  // Ctrl-C closes the house; SIGTERM is a service manager that will start it again, and the calls go on then.
  if (signal === 'SIGINT') {
    console.log('\n正在结束会见并保存录制… Ending calls and writing out recordings…');
    await web.signaling.endCalls();
  }
}

async function untilReady(port: number): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`);
    if (response.ok) return;
    if (Date.now() > deadline) throw new Error(`Not every part became ready: ${await response.text()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function untilSignal(): Promise<'SIGINT' | 'SIGTERM'> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('SIGINT'));
    process.once('SIGTERM', () => resolve('SIGTERM'));
  });
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    const expected = error instanceof PortInUse || error instanceof ConfigError;
    console.error(`\n✗ ${expected ? error.message : error instanceof Error ? error.stack : String(error)}`);
    if (error instanceof Error && !expected && error.cause) console.error(error.cause);
    process.exit(1);
  },
);
