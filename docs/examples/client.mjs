// A third-party client of Qinqiao, in Node 20 or newer without any package.
//
//   QINQIAO_URL=http://127.0.0.1:8080 CLIENT_ID=… CLIENT_SECRET=… node docs/examples/client.mjs '/api/inmates?limit=5'
//
// Prints the answer's status, request id and JSON. docs/api.md explains the signature.
import { createHash, createHmac, randomBytes } from 'node:crypto';

const { QINQIAO_URL = 'http://127.0.0.1:8080', CLIENT_ID = '', CLIENT_SECRET = '', CLIENT_HASH = 'sha256' } = process.env;
const KINDS = { sha256: 'HMAC-SHA256', sm3: 'HMAC-SM3' };

/** The headers of a signed request. `path` is everything after the host, with its query; `body` the very bytes that are sent. */
export function signedHeaders({ clientId, secret, method, path, body = '', hash = 'sha256' }) {
  const timestamp = String(Date.now());
  const nonce = randomBytes(16).toString('hex');
  const digest = createHash(hash).update(body).digest('hex');
  const text = [method.toUpperCase(), path, timestamp, nonce, digest].join('\n');
  return {
    'x-client-id': clientId,
    'x-timestamp': timestamp,
    'x-nonce': nonce,
    'x-signature': `${KINDS[hash]} ${createHmac(hash, secret).update(text).digest('hex')}`,
  };
}

const path = process.argv[2] ?? '/api/organisation';
const headers = signedHeaders({ clientId: CLIENT_ID, secret: CLIENT_SECRET, method: 'GET', path, hash: CLIENT_HASH });
const response = await fetch(QINQIAO_URL + path, { headers });
console.log(response.status, response.headers.get('x-request-id'));
console.log(JSON.stringify(await response.json(), null, 2));
process.exitCode = response.ok ? 0 : 1;
