/// <reference types="node" />
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CallId, QinqiaoError, rest, WordInput } from '@qinqiao/contracts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createApi } from './api.ts';
import { buildRequest } from './build-request.ts';

let server: Server | undefined;
afterEach(() => server?.close());

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const answer =
  (status: number, body: unknown): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body));

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: QinqiaoError) => error,
  );

describe('buildRequest', () => {
  it('fills the path, the query and the token', () => {
    const input = { params: { id: 'a/b ?' }, query: { limit: 5, cursor: undefined } };
    const request = buildRequest('http://x/', rest.listAlerts, input, 't0k');
    expect(request.url).toBe('http://x/api/calls/a%2Fb%20%3F/alerts?limit=5');
    expect(request.method).toBe('GET');
    expect(request.headers.authorization).toBe('Bearer t0k');
    expect(request.body).toBeUndefined();
  });

  it('sends a body as JSON and no token when there is none', () => {
    const request = buildRequest('', rest.addWord, { body: { word: '越狱' } }, null);
    expect(request).toMatchObject({ url: '/api/words', method: 'POST', body: '{"word":"越狱"}' });
    expect(request.headers).not.toHaveProperty('authorization');
  });

  it('refuses a missing path parameter instead of asking for another resource', () => {
    expect(() => buildRequest('', rest.deleteWord, { params: { id: '' } }, null)).toThrow(QinqiaoError);
  });
});

describe('api', () => {
  it('gives the parsed answer and learns the time of the server', async () => {
    const word = {
      ...WordInput.parse({ word: '越狱', level: 3 }),
      id: 'w1',
      version: 1,
      updatedAt: '2026-11-20T08:00:00.000Z',
      updatedBy: '',
      mayEdit: true,
    };
    const api = createApi({
      baseUrl: await serve(answer(200, { items: [{ ...word, more: 'dropped' }], next: null })),
      getToken: () => 't',
    });
    const page = await api.listWords({ query: { limit: 10 } });
    expect(page).toEqual({ items: [word], next: null });
    expect(api.clock.known).toBe(true);
  });

  it('throws the error of the server with its code', async () => {
    const body = new QinqiaoError('call_not_open').body('r1');
    const api = createApi({ baseUrl: await serve(answer(409, body)), getToken: () => 't' });
    expect(await failure(api.grantCall({ params: { id: CallId.parse('c1') } }))).toMatchObject({ code: 'call_not_open', status: 409 });
  });

  it('tells of a lost session, but not of a wrong password', async () => {
    const onUnauthorised = vi.fn();
    const lost = createApi({
      baseUrl: await serve(answer(401, new QinqiaoError('not_logged_in').body())),
      getToken: () => 't',
      onUnauthorised,
    });
    expect(await failure(lost.me())).toMatchObject({ code: 'not_logged_in' });
    expect(onUnauthorised).toHaveBeenCalledOnce();
    server?.close();
    const wrong = createApi({
      baseUrl: await serve(answer(401, new QinqiaoError('login_failed').body())),
      getToken: () => null,
      onUnauthorised,
    });
    expect(await failure(wrong.loginOfficer({ body: { account: 'a', password: 'b' } }))).toMatchObject({ code: 'login_failed' });
    expect(onUnauthorised).toHaveBeenCalledOnce();
  });

  it.each([
    [502, '<html>Bad Gateway</html>', 'network_failed'],
    [500, 'oops', 'internal'],
    [200, { items: 'no list' }, 'internal'],
    [200, '<html>', 'internal'],
  ])('HTTP %i with %j is %s', async (status, body, code) => {
    const api = createApi({ baseUrl: await serve(answer(status, body)), getToken: () => null });
    expect(await failure(api.listWords({ query: {} }))).toMatchObject({ code });
  });

  it('tells how much of a file has come', async () => {
    const content = Buffer.alloc(300_000, 7);
    const file: RequestListener = (_, response) => {
      response.writeHead(200, {
        'content-length': content.length,
        'content-disposition': "attachment; filename*=UTF-8''%E5%B7%A5%E5%85%B7.exe",
      });
      response.write(content.subarray(0, 100_000));
      setTimeout(() => response.end(content.subarray(100_000)), 50);
    };
    const shares: number[] = [];
    const api = createApi({ baseUrl: await serve(file), getToken: () => 't' });
    const { name, blob } = await api.downloadTool({ params: { id: 'x' }, onProgress: (share) => shares.push(share) });
    expect([name, Buffer.from(await blob.arrayBuffer()).equals(content)]).toEqual(['工具.exe', true]);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect([(shares[0] ?? 1) < 0.5, shares.at(-1)]).toEqual([true, 1]);
  });

  it('says that a download which breaks off did not come', async () => {
    const broken: RequestListener = (_, response) => {
      response.writeHead(200, { 'content-length': 300_000 });
      response.write(Buffer.alloc(1000));
      setTimeout(() => response.destroy(), 50);
    };
    const api = createApi({ baseUrl: await serve(broken), getToken: () => 't' });
    for (const watched of [{}, { onProgress: () => undefined }]) {
      expect(await failure(api.downloadTool({ params: { id: 'x' }, ...watched }))).toMatchObject({ code: 'network_failed' });
    }
  });

  it('says clearly that the server cannot be reached', async () => {
    const baseUrl = await serve(answer(200, {}));
    await new Promise((done) => server?.close(done));
    expect(await failure(createApi({ baseUrl, getToken: () => null }).me())).toMatchObject({ code: 'network_failed' });
  });
});
