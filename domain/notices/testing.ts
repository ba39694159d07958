import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PeerRequest {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: string;
}
export type PeerAnswer = { status?: number; body: unknown };

/** A provider on this machine that answers as it is told. */
export async function openPeer(answer: (request: PeerRequest) => PeerAnswer) {
  const seen: PeerRequest[] = [];
  const http = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const asked = {
        method: request.method ?? '',
        url: new URL(request.url ?? '/', 'http://peer'),
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      seen.push(asked);
      const { status = 200, body } = answer(asked);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve));
  return {
    api: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        http.closeAllConnections();
        http.close(() => resolve());
      }),
  };
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** As Aliyun's gateway checks it: from the request that came, not from how it was made. Answers the error, or null. */
export function aliyunRefusal({ method, url, headers, body }: PeerRequest, keyId: string, keySecret: string): PeerAnswer | null {
  const refuse = (Code: string): PeerAnswer => ({ status: 400, body: { Code, Message: Code, RequestId: 'r' } });
  const match = /^ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]{64})$/.exec(headers['authorization'] ?? '');
  const [, credential, names = '', signature] = match ?? [];
  if (credential !== keyId) return refuse('InvalidAccessKeyId.NotFound');
  const needed = ['host', 'x-acs-action', 'x-acs-content-sha256', 'x-acs-date', 'x-acs-signature-nonce', 'x-acs-version'];
  if (names !== needed.join(';')) return refuse('IncompleteSignature');
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(String(headers['x-acs-date']))) return refuse('InvalidTimeStamp.Format');
  if (headers['x-acs-content-sha256'] !== sha256(body)) return refuse('SignatureDoesNotMatch');
  // The query as it was sent: sorted and encoded by the client.
  const query = url.search.slice(1);
  const lines = needed.map((name) => `${name}:${String(headers[name]).trim()}\n`).join('');
  const canonical = [method, '/', query, lines, names, sha256(body)].join('\n');
  const right = createHmac('sha256', keySecret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex');
  const sorted = query.split('&').toSorted().join('&');
  return signature === right && sorted === query ? null : refuse('SignatureDoesNotMatch');
}
