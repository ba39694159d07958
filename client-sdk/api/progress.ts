/** How much has gone over the line, 0…1. */
export type OnProgress = (share: number) => void;

/** `fetch` that tells how much of its body has been sent, which `fetch` itself cannot; without XMLHttpRequest (mini-programs, Node) it tells nothing. */
export function uploadingFetch(fetchIt: typeof fetch, onProgress: OnProgress): typeof fetch {
  if (typeof XMLHttpRequest !== 'function') return fetchIt;
  return (url, { method = 'GET', headers, body, signal } = {}) =>
    new Promise<Response>((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(method, typeof url === 'string' ? url : 'href' in url ? url.href : url.url);
      request.responseType = 'blob';
      for (const [name, value] of new Headers(headers)) request.setRequestHeader(name, value);
      request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0));
      request.addEventListener('load', () => resolve(responseOf(request)));
      const fail = () => reject(new TypeError('the upload broke off'));
      request.addEventListener('error', fail);
      request.addEventListener('abort', fail);
      signal?.addEventListener('abort', () => request.abort());
      request.send((body ?? null) as XMLHttpRequestBodyInit | null);
    });
}

function responseOf(request: XMLHttpRequest): Response {
  const lines = request.getAllResponseHeaders().trim().split('\r\n');
  const headers = lines.flatMap((line): [string, string][] => {
    const at = line.indexOf(':');
    return at > 0 ? [[line.slice(0, at), line.slice(at + 1).trim()]] : [];
  });
  return new Response(request.response as Blob, { status: request.status, headers });
}

/** An answer's content, telling how much of it has come; of an answer that does not say its length nothing is told. */
export async function downloadBlob(response: Response, onProgress: OnProgress | undefined): Promise<Blob> {
  const total = Number(response.headers.get('content-length') ?? 0);
  if (!onProgress || !response.body || total <= 0) return response.blob();
  let received = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        received += piece.length;
        onProgress(Math.min(1, received / total));
        controller.enqueue(piece);
      },
    }),
  );
  return new Response(counted as BodyInit).blob();
}
