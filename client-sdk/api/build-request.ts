import { QinqiaoError, type RestEndpoint } from '@qinqiao/contracts';

export interface HttpRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | Blob | undefined;
}

type Values = Record<string, unknown>;
const isText = (value: unknown): value is string | number => typeof value === 'number' || (typeof value === 'string' && value !== '');

/** Unique, not secret: mini-programs and pages without TLS have no `randomUUID`. */
function newKey(): string {
  const { crypto } = globalThis as { crypto?: Partial<Crypto> };
  if (crypto?.randomUUID) return crypto.randomUUID();
  const part = () => Math.random().toString(36).slice(2, 12).padEnd(10, '0');
  return `${Date.now().toString(36)}-${part()}-${part()}`;
}

function fillPath(path: string, params: Values): string {
  return path.replace(/:(\w+)/g, (_, name: string) => {
    const value = params[name];
    if (!isText(value)) throw new QinqiaoError('bad_request', { fields: { [name]: 'missing' } });
    return encodeURIComponent(String(value));
  });
}

function queryOf(query: Values): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

/** The HTTP request for one endpoint of the contract. Throws `bad_request` when a path parameter is missing. */
export function buildRequest(baseUrl: string, endpoint: RestEndpoint, input: Values, token: string | null): HttpRequest {
  const query = (input.query ?? {}) as Values;
  const hasBody = endpoint.body !== undefined;
  const file = endpoint.file === 'in' ? (input['file'] as Blob) : undefined;
  return {
    url: baseUrl.replace(/\/$/, '') + fillPath(endpoint.path, (input.params ?? {}) as Values) + queryOf(query),
    method: endpoint.method.toUpperCase(),
    headers: {
      accept: endpoint.file === 'out' ? '*/*' : 'application/json',
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
      ...(file ? { 'content-type': 'application/octet-stream' } : {}),
      // One call of the API is one intention: sent again after a broken connection, it is the same.
      ...(endpoint.idempotent ? { 'idempotency-key': newKey() } : {}),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: file ?? (hasBody ? JSON.stringify(input.body) : undefined),
  };
}
