import type { Clock, NoticeConfig } from '@qinqiao/server-kit';
import { z } from 'zod';
import { type Delivery, failed, later, type NoticeChannel, type Outgoing } from '../port.ts';
import { ask, Unreachable } from './ask.ts';
import { codeOf, variablesOf } from './template.ts';

type WechatOptions = NonNullable<NoticeConfig['wechat']>;

const Failure = { errcode: z.number().optional(), errmsg: z.string().optional() };
const Token = z.object({ ...Failure, access_token: z.string().optional(), expires_in: z.number().optional() });
const Sent = z.object({ ...Failure, msgid: z.union([z.number(), z.string()]).optional() });
const Session = z.object({ ...Failure, openid: z.string().optional() });

const TOKEN_MARGIN_S = 300;
/** The token is wrong, or over before its time. */
const WRONG_TOKEN = new Set([40001, 40014, 42001]);
const PASSES = new Set([-1, 45009, 45011, 43108, 45035]);
const WRONG_ACCOUNT = new Set([40013, 40125, 40164, 41002, 48001, 50002]);
const USER_REFUSES = new Set([43101, 43107]);
const WRONG_TEMPLATE = new Set([40037, 41030, 45168, 47003]);

/** How long a value may be, by the kind of variable that its name begins with (developers.weixin.qq.com, sendMessage). */
const LONGEST: Record<string, number> = {
  thing: 20,
  number: 32,
  letter: 32,
  symbol: 5,
  character_string: 32,
  phone_number: 17,
  car_number: 8,
  name: 10,
  phrase: 5,
};

/** WeChat's subscribe message of a mini-program (developers.weixin.qq.com: getStableAccessToken, sendMessage, code2Session). */
export class WechatNotices implements NoticeChannel {
  readonly name = 'wechat';
  readonly provider = 'wechat';
  readonly #options: WechatOptions;
  readonly #clock: Clock;
  #token: { value: string; until: number } | null = null;

  constructor(options: WechatOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  async send(notice: Outgoing): Promise<Delivery> {
    const { template, language } = notice;
    const code = template ? codeOf(template, language) : '';
    if (!template || code === '') return failed('template_missing');
    const data = variablesOf(template, notice.params, language).map(([name, value]) => [name, { value: fitting(name, value) }]);
    const body = {
      touser: notice.to,
      template_id: code,
      page: `pages/${notice.page}/index`,
      data: Object.fromEntries(data) as Record<string, { value: string }>,
      miniprogram_state: this.#options.programState,
      lang: language === 'zh' ? 'zh_CN' : 'en_US',
    };
    try {
      return await this.#deliver(body);
    } catch (error) {
      if (error instanceof Unreachable) return later('unreachable', error.message);
      throw error;
    }
  }

  /** Who logged in with `wx.login`: the identity that messages are sent to. Null when WeChat does not know the code. Throws `Unreachable`. */
  async openIdOf(code: string): Promise<string | null> {
    const { appId: appid, secret } = this.#options;
    const query = { appid, secret, js_code: code, grant_type: 'authorization_code' };
    return (await ask(this.#url('/sns/jscode2session', query), Session, { method: 'GET' })).openid ?? null;
  }

  async #deliver(body: object): Promise<Delivery> {
    const first = await this.#post(body);
    // One more try with a new token; a third attempt would meet the same refusal.
    return first === null ? ((await this.#post(body)) ?? later('credentials')) : first;
  }

  /** Null when the token was refused; it is forgotten then. */
  async #post(body: object): Promise<Delivery | null> {
    const token = await this.#accessToken();
    if (typeof token !== 'string') return token;
    const url = this.#url('/cgi-bin/message/subscribe/send', { access_token: token });
    const { errcode = 0, errmsg = '', msgid } = await ask(url, Sent, jsonPost(body));
    if (errcode === 0) return { outcome: 'delivered', providerId: msgid === undefined ? null : String(msgid) };
    if (!WRONG_TOKEN.has(errcode)) return refusalOf(errcode, errmsg);
    // Another notice may have fetched a new one meanwhile.
    if (this.#token?.value === token) this.#token = null;
    return null;
  }

  async #accessToken(): Promise<string | Delivery> {
    const now = this.#clock.now().getTime();
    if (this.#token && this.#token.until > now) return this.#token.value;
    const { appId: appid, secret } = this.#options;
    const asked = jsonPost({ grant_type: 'client_credential', appid, secret });
    const answer = await ask(this.#url('/cgi-bin/stable_token'), Token, asked);
    const { access_token: value, expires_in = 0, errcode = 0, errmsg = '' } = answer;
    if (!value) return PASSES.has(errcode) ? later('busy', `${errcode} ${errmsg}`) : later('credentials', `${errcode} ${errmsg}`);
    this.#token = { value, until: now + Math.max(0, expires_in - TOKEN_MARGIN_S) * 1000 };
    return value;
  }

  #url(path: string, query: Record<string, string> = {}): URL {
    const url = new URL(path, this.#options.api);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }
}

const jsonPost = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

function fitting(name: string, value: string): string {
  const most = LONGEST[name.replace(/\d+$/, '')];
  const letters = Array.from(value);
  return most === undefined || letters.length <= most ? value : `${letters.slice(0, most - 1).join('')}…`;
}

function refusalOf(errcode: number, errmsg: string): Delivery {
  const said = `${errcode} ${errmsg}`;
  if (PASSES.has(errcode)) return later('busy', said);
  if (WRONG_ACCOUNT.has(errcode)) return later('credentials', said);
  if (USER_REFUSES.has(errcode)) return failed('user_refused', said);
  if (errcode === 40003) return failed('address_refused', said);
  if (WRONG_TEMPLATE.has(errcode)) return failed('template_refused', said);
  return failed('refused', said);
}
