import { ErrorBody, QinqiaoError, type RestEndpoint, type RestInput, type RestName, type RestOutput, rest } from '@qinqiao/contracts';
import { ServerClock } from '../clock/server-clock.ts';
import { buildRequest, type HttpRequest } from './build-request.ts';
import { downloadBlob, type OnProgress, uploadingFetch } from './progress.ts';

const TIMEOUT_MS = 15_000;
/** Files may be large and lines slow. */
const FILE_TIMEOUT_MS = 30 * 60_000;

export interface ApiOptions {
  /** Where the server is; empty for the page's own origin. */
  baseUrl?: string;
  getToken: () => string | null;
  /** The session is no longer valid: show the log-in. Not called for a wrong password. */
  onUnauthorised?: (error: QinqiaoError) => void;
  fetch?: typeof fetch;
}

type Call<Name extends RestName> =
  unknown extends RestInput<Name> ? () => Promise<RestOutput<Name>> : (input: RestInput<Name>) => Promise<RestOutput<Name>>;

/** One function per endpoint of the `rest` contract. */
export type Api = { [Name in RestName]: Call<Name> } & {
  /** The server's time as its answers tell it (to a second), for countdowns outside a call. */
  clock: ServerClock;
};

/** A typed REST client. Every call resolves with a checked answer or rejects with a `QinqiaoError`. */
export function createApi(options: ApiOptions): Api {
  const clock = new ServerClock();
  const calls = Object.keys(rest).map((name) => [
    name,
    (input: Record<string, unknown> = {}) => callEndpoint(name as RestName, input, options, clock),
  ]);
  return { ...Object.fromEntries(calls), clock } as Api;
}

async function callEndpoint(name: RestName, input: Record<string, unknown>, options: ApiOptions, clock: ServerClock): Promise<unknown> {
  const endpoint: RestEndpoint = rest[name];
  const request = buildRequest(options.baseUrl ?? '', endpoint, input, options.getToken());
  const plainFetch = options.fetch ?? globalThis.fetch.bind(globalThis);
  const onProgress = input['onProgress'] as OnProgress | undefined;
  const fetchIt = endpoint.file === 'in' && onProgress ? uploadingFetch(plainFetch, onProgress) : plainFetch;
  const { response, data, blob } = await sendAgain(fetchIt, { ...request, onProgress }, endpoint);
  const date = response.headers.get('date');
  if (date) clock.observe(date);
  if (!response.ok) {
    const error = errorOf(response.status, data);
    if (error.code === 'not_logged_in') options.onUnauthorised?.(error);
    throw error;
  }
  if (blob) return { name: fileNameOf(response), blob };
  const parsed = endpoint.response.safeParse(data);
  if (!parsed.success) throw new QinqiaoError('internal', { cause: parsed.error, detail: `${name}: the answer does not fit the contract` });
  return parsed.data;
}

interface WatchedRequest extends HttpRequest {
  onProgress: OnProgress | undefined;
}

interface Answer {
  response: Response;
  data: unknown;
  /** Of endpoints that answer a file. */
  blob?: Blob;
}

/** A write with an idempotency key is sent once more when the line broke: it is carried out once at most. */
async function sendAgain(fetchIt: typeof fetch, request: WatchedRequest, endpoint: RestEndpoint): Promise<Answer> {
  try {
    return await send(fetchIt, request, endpoint);
  } catch (error) {
    if (!endpoint.idempotent) throw error;
    return send(fetchIt, request, endpoint);
  }
}

async function send(fetchIt: typeof fetch, { url, onProgress, ...init }: WatchedRequest, endpoint: RestEndpoint): Promise<Answer> {
  try {
    const response = await fetchIt(url, {
      method: init.method,
      headers: init.headers,
      ...(init.body === undefined ? {} : { body: init.body }),
      cache: 'no-store',
      ...timeLimit(endpoint.file ? FILE_TIMEOUT_MS : TIMEOUT_MS),
    });
    if (endpoint.file === 'out' && response.ok) return { response, data: undefined, blob: await downloadBlob(response, onProgress) };
    return { response, data: parseJson(await response.text()) };
  } catch (error) {
    throw new QinqiaoError('network_failed', { cause: error, detail: String(error) });
  }
}

/** Mini-programs know no AbortSignal; their transport has a time limit of its own. */
const timeLimit = (ms: number): { signal?: AbortSignal } =>
  typeof AbortSignal === 'function' && 'timeout' in AbortSignal ? { signal: AbortSignal.timeout(ms) } : {};

/** From Content-Disposition (RFC 8187). */
function fileNameOf(response: Response): string {
  const encoded = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  return encoded ? decodeURIComponent(encoded) : 'file';
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A proxy's error page has no body of ours: then the server itself was not reached. */
function errorOf(status: number, data: unknown): QinqiaoError {
  const body = ErrorBody.safeParse(data);
  if (body.success) return QinqiaoError.fromBody(body.data);
  return new QinqiaoError([502, 503, 504].includes(status) ? 'network_failed' : 'internal', { detail: `HTTP ${status}` });
}
