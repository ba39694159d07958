import Taro from '@tarojs/taro';

declare const QINQIAO_SERVER: string;
/** Where the server is; mini-programs have no origin of their own. */
export const SERVER: string = QINQIAO_SERVER;
const TIMEOUT_MS = 60_000;

interface Asked {
  method?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

/** As much of `fetch` as the API needs, over the mini-program's own requests. */
async function request(url: string, init: Asked = {}): Promise<Response> {
  const answer = await Taro.request<ArrayBuffer>({
    url,
    method: (init.method ?? 'GET') as 'GET',
    header: init.headers ?? {},
    ...(init.body === undefined ? {} : { data: init.body }),
    responseType: 'arraybuffer',
    dataType: 'other',
    timeout: TIMEOUT_MS,
  });
  const headers = new Map(Object.entries(answer.header as Record<string, string>).map(([name, value]) => [name.toLowerCase(), value]));
  const bytes = new Uint8Array(answer.data);
  return {
    ok: answer.statusCode >= 200 && answer.statusCode < 300,
    status: answer.statusCode,
    headers: { get: (name: string) => headers.get(name.toLowerCase()) ?? null },
    text: () => Promise.resolve(decodeUtf8(bytes)),
    blob: () => Promise.resolve(answer.data as unknown as Blob),
  } as Response;
}

/** Older mini-program runtimes have no TextDecoder. */
function decodeUtf8(bytes: Uint8Array): string {
  if (typeof TextDecoder === 'function') return new TextDecoder().decode(bytes);
  const parts: string[] = [];
  for (const byte of bytes) parts.push(`%${byte.toString(16).padStart(2, '0')}`);
  return decodeURIComponent(parts.join(''));
}

export const fetchIt = request as unknown as typeof fetch;
