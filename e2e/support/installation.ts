import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Logins {
  officers: { account: string; password: string; name: string }[];
  families: { phone: string; password: string; name: string }[];
  inmates: { number: string; name: string }[];
  tablets: { room: string; key: string }[];
}

export type ServiceName = 'all' | 'web-with-demo-data' | 'rest' | 'recorder' | 'asr-bridge' | 'picture-watch';

/** A running Qinqiao on free ports and a data folder of its own: in one process, or each service in one. */
export class Installation implements AsyncDisposable {
  readonly dataDir: string;
  readonly port: number;
  readonly #env: Record<string, string>;
  readonly #keepData: boolean;
  readonly #children = new Map<string, ChildProcess>();

  private constructor(dataDir: string, ports: [number, number], env: Record<string, string>, keepData: boolean) {
    this.dataDir = dataDir;
    this.port = ports[0];
    this.#keepData = keepData;
    this.#env = {
      QINQIAO_PORT: String(ports[0]),
      QINQIAO_RTC_PORT: String(ports[1]),
      QINQIAO_DATA: dataDir,
      QINQIAO_LOG_LEVEL: 'info',
      ...env,
    };
  }

  static async start(options: { split?: boolean; env?: Record<string, string>; dataDir?: string } = {}): Promise<Installation> {
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'qinqiao-e2e-'));
    const ports: [number, number] = [await freePort(), await freeRtcPort()];
    const installation = new Installation(dataDir, ports, options.env ?? {}, options.dataDir !== undefined);
    const names: ServiceName[] = options.split ? ['web-with-demo-data', 'recorder', 'asr-bridge', 'picture-watch'] : ['all'];
    for (const name of names) installation.run(name);
    try {
      await installation.untilReady();
      return installation;
    } catch (error) {
      await installation[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get logFile(): string {
    return join(this.dataDir, 'services.log');
  }

  get logins(): Logins {
    return JSON.parse(readFileSync(join(this.dataDir, 'demo-logins.json'), 'utf8')) as Logins;
  }

  /** Of an installation without demo data: what the first administrators log in with. */
  get firstLogins(): { account: string; password: string }[] {
    return JSON.parse(readFileSync(join(this.dataDir, 'first-logins.json'), 'utf8')) as { account: string; password: string }[];
  }

  pid(name: ServiceName): number {
    const pid = this.#children.get(name)?.pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  }

  /** Starts a service, under another name when it is one of several; what it prints goes to the log file. Answers its process id. */
  run(name: ServiceName, as: string = name): number {
    const script = name === 'all' ? ['deploy/all-in-one.ts'] : ['deploy/service.ts', name];
    const log = openSync(this.logFile, 'a');
    const node = join(ROOT, 'node_modules/.bin/node');
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', ...script], {
      cwd: ROOT,
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#children.set(as, child);
    if (child.pid === undefined) throw new Error(`${as} does not start`);
    return child.pid;
  }

  /** Sends a signal to a service and waits for its end. Answers its exit code, or the signal that ended it. */
  async stop(name: string, signal: NodeJS.Signals): Promise<number | string | null> {
    const child = this.#children.get(name);
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code, by] = (await ended) as [number | null, string | null];
    return code ?? by;
  }

  async untilReady(limitMs = 60_000): Promise<void> {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const ready = await fetch(`${this.url}/healthz`).then(
        (response) => response.ok,
        () => false,
      );
      if (ready && ['demo-logins.json', 'first-logins.json'].some((file) => existsSync(join(this.dataDir, file)))) return;
      const dead = [...this.#children].find(([, child]) => child.exitCode !== null || child.signalCode !== null);
      if (dead || Date.now() > deadline) throw new Error(`${dead?.[0] ?? 'the installation'} did not come up:\n${this.logTail()}`);
      await new Promise((next) => setTimeout(next, 50));
    }
  }

  logTail(lines = 40): string {
    return readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children.keys()].map((name) => this.stop(name, 'SIGKILL')));
    if (!this.#keepData) rmSync(this.dataDir, { recursive: true, force: true });
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** The media ports follow one another, so they are taken below those that the system gives out by itself. */
const freeRtcPort = async (): Promise<number> => 12_000 + 16 * Math.floor(Math.random() * 1000);
