import { createHash } from 'node:crypto';
import { QinqiaoError } from '@qinqiao/contracts';
import { type CryptoProvider, newId } from '@qinqiao/server-kit';
import { z } from 'zod';
import { askProvider, jsonBody } from './http.ts';
import type { IdentityClaim, IdentityProvider } from './port.ts';

export interface WechatOptions {
  appId: string;
  secret: string;
  /** https://api.weixin.qq.com */
  api: string;
}

const Failure = { errcode: z.number().optional(), errmsg: z.string().optional() };
const Session = z.object({ ...Failure, openid: z.string().optional() });
const Token = z.object({ ...Failure, access_token: z.string().optional(), expires_in: z.number().optional() });
const VerifyId = z.object({ ...Failure, verify_id: z.string().optional() });
const Verified = z.object({ ...Failure, verify_ret: z.number().optional() });

/** What has to be known again when the real-person check is over; it travels with the app, encrypted. */
const Pending = z.object({ verifyId: z.string(), seq: z.string(), openid: z.string(), hash: z.string() });
const CREDENTIAL = 'wechat identity';
/** "Recognised", of `queryVerifyInfo`. */
const VERIFIED = 10_000;
const TOKEN_MARGIN_S = 300;
const WRONG_TOKEN = new Set([40001, 40014, 42001]);
const REFUSED = {
  zh: '微信实名核验未通过，请核对姓名和身份证号后重试',
  en: 'WeChat did not confirm name and ID number; check them and try again',
};

/**
 * WeChat's real-person check (developers.weixin.qq.com: code2Session, getStableAccessToken, getVerifyId, queryVerifyInfo). The app logs
 * in (`wx.login`), is given a verify id, lets WeChat look at the face (`wx.requestFacialVerify`), and then registers.
 */
export class WechatIdentity implements IdentityProvider {
  readonly way = 'wechat';
  readonly #options: WechatOptions;
  readonly #crypto: CryptoProvider;
  readonly #now: () => number;
  #token: { value: string; until: number } | null = null;

  constructor(options: WechatOptions, crypto: CryptoProvider, now: () => number = Date.now) {
    this.#options = options;
    this.#crypto = crypto;
    this.#now = now;
  }

  async start(claim: IdentityClaim, code: string | undefined) {
    if (!code) throw new QinqiaoError('bad_request', { fields: { code: 'required' } });
    const { appId, secret } = this.#options;
    const query = { appid: appId, secret, js_code: code, grant_type: 'authorization_code' };
    const { openid } = await askProvider(this.#url('/sns/jscode2session', query), Session);
    if (!openid) throw new QinqiaoError('bad_request', { fields: { code: 'invalid' } });
    const seq = newId();
    const cert_info = { cert_type: 'IDENTITY_CARD', cert_name: claim.name, cert_no: claim.idNumber };
    const { verify_id: verifyId } = await this.#post(
      '/cityservice/face/identify/getverifyid',
      { out_seq_no: seq, cert_info, openid },
      VerifyId,
    );
    if (!verifyId) throw refused();
    const pending = { verifyId, seq, openid, hash: certHash(claim) };
    return { verifyId, credential: await this.#crypto.encrypt(CREDENTIAL, Buffer.from(JSON.stringify(pending))), url: null };
  }

  async prove(claim: IdentityClaim & { phone: string }, credential: string | undefined) {
    const pending = await this.#open(credential);
    // Begun for somebody else's name and number.
    if (pending.hash !== certHash(claim)) throw refused();
    const question = { verify_id: pending.verifyId, out_seq_no: pending.seq, cert_hash: pending.hash, openid: pending.openid };
    const { verify_ret } = await this.#post('/cityservice/face/identify/queryverifyinfo', question, Verified);
    if (verify_ret !== VERIFIED) throw refused();
    return { reference: pending.openid, face: 'match' as const, vouched: true };
  }

  async #open(credential: string | undefined) {
    if (!credential) throw new QinqiaoError('bad_request', { fields: { credential: 'required' } });
    try {
      return Pending.parse(JSON.parse((await this.#crypto.decrypt(CREDENTIAL, credential)).toString()));
    } catch (cause) {
      throw new QinqiaoError('bad_request', { fields: { credential: 'invalid' }, cause });
    }
  }

  /** A token may be withdrawn before its time: then one more try with a new one. */
  async #post<Schema extends z.ZodType<{ errcode?: number | undefined }>>(
    path: string,
    body: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>> {
    const ask = async () => askProvider(this.#url(path, { access_token: await this.#accessToken() }), schema, jsonBody(body));
    const answer = await ask();
    if (!WRONG_TOKEN.has(answer.errcode ?? 0)) return answer;
    this.#token = null;
    return ask();
  }

  async #accessToken(): Promise<string> {
    if (this.#token && this.#token.until > this.#now()) return this.#token.value;
    const { appId: appid, secret } = this.#options;
    const asked = jsonBody({ grant_type: 'client_credential', appid, secret });
    const { access_token: value, expires_in = 0 } = await askProvider(this.#url('/cgi-bin/stable_token'), Token, asked);
    if (!value) throw new QinqiaoError('network_failed', { detail: 'WeChat gave no access token' });
    this.#token = { value, until: this.#now() + Math.max(0, expires_in - TOKEN_MARGIN_S) * 1000 };
    return value;
  }

  #url(path: string, query: Record<string, string> = {}): URL {
    const url = new URL(path, this.#options.api);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }
}

const refused = () => new QinqiaoError('bad_request', { fields: { idNumber: REFUSED } });

/** As `queryVerifyInfo` wants it: SHA-256 of the certificate's parts, each in base64. */
function certHash({ name, idNumber }: IdentityClaim): string {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const parts = `cert_type=${base64('IDENTITY_CARD')}&cert_name=${base64(name)}&cert_no=${base64(idNumber)}`;
  return createHash('sha256').update(parts).digest('hex');
}
