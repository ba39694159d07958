import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '@qinqiao/domain';
import { addWord } from '@qinqiao/domain/words';
import { createLogger, type CryptoProvider, type Db, migrate, openDatabase, openSoftwareCrypto } from '@qinqiao/server-kit';
import { type BridgeDeps, type BridgeSettings, type SpeechEngine, start } from '../index.ts';
import { TEST_LINK_SECRET, TEST_STORE_SECRET, TestLink } from './link-server.ts';
import { trialProgram } from './trial-program.ts';

export interface Fixture extends AsyncDisposable {
  folder: string;
  db: Db;
  crypto: CryptoProvider;
  link: TestLink;
  /** What is ended before the store and the link are. */
  running: AsyncDisposableStack;
}

/** An empty store with these words on the list (level 2), and signaling's side of a link. */
export async function openFixture(words: readonly string[] = []): Promise<Fixture> {
  const folder = await mkdtemp(join(tmpdir(), 'qinqiao-bridge-'));
  const db = openDatabase({ dataDir: folder });
  await migrate(db, migrations);
  for (const word of words) await addWord(db, { word, level: 2, note: '' });
  const crypto = openSoftwareCrypto({ dataDir: folder, secret: TEST_STORE_SECRET });
  const link = await TestLink.open();
  const running = new AsyncDisposableStack();
  const dispose = async () => {
    await running.disposeAsync();
    await link[Symbol.asyncDispose]();
    await db.destroy();
    await rm(folder, { recursive: true });
  };
  return { folder, db, crypto, link, running, [Symbol.asyncDispose]: dispose };
}

/** The bridge in this process until the fixture ends, with the trial engine unless another is given. */
export async function startBridge(
  { db, crypto, link, running }: Fixture,
  options: { engine?: SpeechEngine | null; settings?: Partial<BridgeSettings>; speech?: Partial<BridgeDeps['config']['speech']> } = {},
): Promise<void> {
  const trialEngine = await trialProgram();
  const speech = { engine: 'trial' as const, funasrUrl: null, trialEngine, trialLanguage: 'zh-x-trial' as const, ...options.speech };
  const bridge = await start({
    config: { linkUrl: link.url, tapIp: '127.0.0.1', speech },
    db,
    crypto,
    log: createLogger('asr-bridge', process.env.TEST_LOG ?? 'silent'),
    linkSecret: TEST_LINK_SECRET,
    ...(options.engine === undefined ? {} : { engine: options.engine }),
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  });
  running.use(bridge);
}
