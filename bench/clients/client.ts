export const BENCH_PASSWORD = 'Bench-2026-people';

/** Asks the REST API as one of the bench's officers, and measures. */
export class BenchClient {
  readonly #url: string;
  readonly token: string;

  private constructor(url: string, token: string) {
    this.#url = url;
    this.token = token;
  }

  static async logIn(url: string, account: string): Promise<BenchClient> {
    const body = JSON.stringify({ account, password: BENCH_PASSWORD });
    const response = await fetch(`${url}/api/login/officer`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const { token } = (await response.json()) as { token?: string };
    if (!token) throw new Error(`log-in of ${account}: HTTP ${response.status}`);
    return new BenchClient(url, token);
  }

  async ask(path: string, init: { method?: string; body?: Buffer } = {}): Promise<{ ms: number; body: Record<string, unknown> }> {
    const begun = performance.now();
    const response = await fetch(this.#url + path, {
      method: init.method ?? 'GET',
      headers: { authorization: `Bearer ${this.token}`, ...(init.body ? { 'content-type': 'application/octet-stream' } : {}) },
      ...(init.body ? { body: new Uint8Array(init.body) } : {}),
    });
    const body = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${path}: HTTP ${response.status} ${JSON.stringify(body)}`);
    return { ms: performance.now() - begun, body };
  }
}
