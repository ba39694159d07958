// A bridge in a process of its own, for tests that kill it. Configured by the environment, as an installation is.
import { createLogger, loadConfig, openDatabase, openSoftwareCrypto, systemClock } from '@qinqiao/server-kit';
import { start } from '../index.ts';
import { TEST_LINK_SECRET, TEST_STORE_SECRET } from './link-server.ts';

const config = loadConfig();
const db = openDatabase({ dataDir: config.dataDir });
const bridge = await start({
  config,
  db,
  crypto: openSoftwareCrypto({ ...config, secret: TEST_STORE_SECRET }, systemClock),
  log: createLogger('asr-bridge', config.logLevel),
  linkSecret: TEST_LINK_SECRET,
});
process.once('SIGTERM', () => {
  void bridge[Symbol.asyncDispose]().then(() => process.exit(0));
});
