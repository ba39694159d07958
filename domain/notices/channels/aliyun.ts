import { createHash, createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type Delivery, failed, later } from '../port.ts';
import { ask, Unreachable } from './ask.ts';

const ALGORITHM = 'ACS3-HMAC-SHA256';

export interface AliyunAccess {
  keyId: string;
  keySecret: string;
  api: string;
}

export interface SignedRequest {
  host: string;
  action: string;
  version: string;
  query: Readonly<Record<string, string>>;
  /** 2023-10-26T10:22:32Z */
  date: string;
  nonce: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
/** RFC 3986: everything but A–Z a–z 0–9 - _ . ~ in percent. */
const percent = (text: string) => encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

export const canonicalQuery = (query: Readonly<Record<string, string>>): string =>
  Object.keys(query)
    .toSorted()
    .map((name) => `${percent(name)}=${percent(query[name] ?? '')}`)
    .join('&');

/** The headers of a request of Aliyun's OpenAPI, RPC style, POST without a body (help.aliyun.com: "V3 request structure and signature"). */
export function signedHeaders({ keyId, keySecret }: AliyunAccess, request: SignedRequest): Record<string, string> {
  const { host, action, version, query, date, nonce } = request;
  const hash = sha256('');
  const headers: Record<string, string> = {
    host,
    'x-acs-action': action,
    'x-acs-content-sha256': hash,
    'x-acs-date': date,
    'x-acs-signature-nonce': nonce,
    'x-acs-version': version,
  };
  const names = Object.keys(headers).toSorted();
  const lines = names.map((name) => `${name}:${headers[name] ?? ''}\n`).join('');
  const canonical = ['POST', '/', canonicalQuery(query), lines, names.join(';'), hash].join('\n');
  const signature = createHmac('sha256', keySecret)
    .update(`${ALGORITHM}\n${sha256(canonical)}`)
    .digest('hex');
  return { ...headers, authorization: `${ALGORITHM} Credential=${keyId},SignedHeaders=${names.join(';')},Signature=${signature}` };
}

const Answer = z.object({
  Code: z.string().optional(),
  Message: z.string().optional(),
  RequestId: z.string().optional(),
  BizId: z.string().optional(),
  CallId: z.string().optional(),
});

export interface AliyunCall {
  action: string;
  version: string;
  query: Readonly<Record<string, string>>;
}

/** Calls an operation and says what became of it. */
export async function callAliyun(access: AliyunAccess, { action, version, query }: AliyunCall, now: Date): Promise<Delivery> {
  const url = new URL('/', access.api);
  const date = `${now.toISOString().slice(0, 19)}Z`;
  const nonce = randomBytes(16).toString('hex');
  const { host: _, ...headers } = signedHeaders(access, { host: url.host, action, version, query, date, nonce });
  url.search = canonicalQuery(query);
  try {
    const { Code, Message = '', BizId, CallId } = await ask(url, Answer, { method: 'POST', headers });
    if (Code === 'OK') return { outcome: 'delivered', providerId: BizId ?? CallId ?? null };
    return refusalOf(Code ?? '', Message);
  } catch (error) {
    if (error instanceof Unreachable) return later('unreachable', error.message);
    throw error;
  }
}

/** Their codes: limits and their own faults pass; bad numbers and templates stay. */
function refusalOf(code: string, message: string): Delivery {
  // Messages may repeat the number that was called.
  const said = `${code} ${message}`.replace(/\d{7,}/g, '***');
  if (
    /LIMIT_CONTROL|^Throttling|OUT_OF_SERVICE|AMOUNT_NOT_ENOUGH|^isp\.|ServiceUnavailable|InternalError|SYSTEM_ERROR|FLOW_CONTROL|^SignatureNonceUsed/.test(
      code,
    )
  )
    return later('busy', said);
  // Somebody may set that right meanwhile.
  if (/^InvalidAccessKeyId|^SignatureDoesNotMatch|^IncompleteSignature|^Forbidden|^NoPermission|RAM_PERMISSION_DENY|TimeStamp/i.test(code))
    return later('credentials', said);
  if (/MOBILE|NUMBER_ILLEGAL|CALLED_NUMBER|BLACK_KEY/.test(code)) return failed('address_refused', said);
  if (/^isv\..*(TEMPLATE|TTS|SIGN|PARAM|VOICE_FILE)/.test(code)) return failed('template_refused', said);
  return failed('refused', said);
}
