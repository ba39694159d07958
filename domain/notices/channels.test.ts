import { FakeClock } from '@qinqiao/server-kit';
import { describe, expect, it } from 'vitest';
import { canonicalQuery, signedHeaders } from './channels/aliyun.ts';
import { aliyunSms } from './channels/sms.ts';
import { aliyunVoice } from './channels/voice.ts';
import { WechatNotices } from './channels/wechat.ts';
import type { Outgoing } from './port.ts';
import { aliyunRefusal, openPeer, type PeerAnswer, type PeerRequest } from './testing.ts';

const KEY = { keyId: 'key-1', keySecret: 'a secret' };
const notice = (change: Partial<Outgoing> = {}): Outgoing => ({
  id: '01abcdefghjkmnpqrstvwxyz01',
  familyId: 'f1',
  to: '13800000001',
  language: 'zh',
  params: { inmate: { zh: '陈建国', en: 'Chen' }, date: { zh: '2026-11-25', en: '2026-11-25' }, time: { zh: '09:00', en: '09:00' } },
  title: { zh: '题', en: 'title' },
  text: { zh: '文', en: 'text' },
  template: {
    enabled: true,
    code: { zh: 'SMS_1', en: '' },
    fields: [
      { name: 'thing1', value: "与{inmate}的会见（含“特殊”字符 &*~'）" },
      { name: 'time2', value: '{date} {time}' },
    ],
  },
  page: 'appointments',
  kind: 'booking',
  key: 'k',
  ...change,
});

describe('SMS and voice through Aliyun', () => {
  it('sign as the documentation’s example', () => {
    const query = { RegionId: 'cn-shanghai', ImageId: 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd' };
    const request = { host: 'ecs.cn-shanghai.aliyuncs.com', action: 'RunInstances', version: '2014-05-26', query };
    const when = { date: '2023-10-26T10:22:32Z', nonce: '3156853299f313e23d1673dc12e1703d' };
    const access = { keyId: 'YourAccessKeyId', keySecret: 'YourAccessKeySecret', api: '' };
    expect(signedHeaders(access, { ...request, ...when })['authorization']).toBe(
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    );
    expect(canonicalQuery({ b: 'a b*(~', a: '+' })).toBe('a=%2B&b=a%20b%2A%28~');
  });

  it('send what a gateway that checks signatures takes', async () => {
    const answer = (request: PeerRequest) =>
      aliyunRefusal(request, KEY.keyId, KEY.keySecret) ?? { body: { Code: 'OK', Message: 'OK', BizId: 'b1', RequestId: 'r' } };
    await using peer = await openPeer(answer);
    const sms = aliyunSms({ ...KEY, api: peer.api, signName: '亲桥' }, new FakeClock());
    expect(await sms.send(notice())).toEqual({ outcome: 'delivered', providerId: 'b1' });
    const asked = Object.fromEntries(peer.seen[0]?.url.searchParams ?? []);
    const variables = { thing1: "与陈建国的会见（含“特殊”字符 &*~'）", time2: '2026-11-25 09:00' };
    expect(asked).toMatchObject({ PhoneNumbers: '13800000001', SignName: '亲桥', TemplateCode: 'SMS_1', OutId: notice().id });
    expect(JSON.parse(asked['TemplateParam'] ?? '')).toEqual(variables);
    expect(peer.seen[0]?.headers).toMatchObject({ 'x-acs-action': 'SendSms', 'x-acs-version': '2017-05-25' });
    const forged = aliyunSms({ ...KEY, keySecret: 'another', api: peer.api, signName: '亲桥' }, new FakeClock());
    expect(await forged.send(notice())).toMatchObject({ outcome: 'later', problem: 'credentials' });
  });

  it('call with a text read aloud', async () => {
    await using peer = await openPeer(
      (request) => aliyunRefusal(request, KEY.keyId, KEY.keySecret) ?? { body: { Code: 'OK', CallId: 'c1' } },
    );
    const voice = aliyunVoice({ ...KEY, api: peer.api, showNumber: '02112345678' }, new FakeClock());
    expect(await voice.send(notice())).toEqual({ outcome: 'delivered', providerId: 'c1' });
    const asked = Object.fromEntries(peer.seen[0]?.url.searchParams ?? []);
    expect(asked).toMatchObject({ CalledShowNumber: '02112345678', CalledNumber: '13800000001', TtsCode: 'SMS_1', PlayTimes: '2' });
    expect(asked['OutId']?.length).toBe(15);
    expect(peer.seen[0]?.headers['x-acs-action']).toBe('SingleCallByTts');
  });

  it('tell limits and faults, which pass, from bad numbers and templates, which stay', async () => {
    let body: PeerAnswer['body'] = {};
    await using peer = await openPeer(() => ({ body }));
    const sms = aliyunSms({ ...KEY, api: peer.api, signName: '亲桥' }, new FakeClock());
    const outcomes: Record<string, string> = {};
    for (const Code of [
      'isv.BUSINESS_LIMIT_CONTROL',
      'Throttling.User',
      'isp.SYSTEM_ERROR',
      'isv.AMOUNT_NOT_ENOUGH',
      'SignatureNonceUsed',
      'isv.MOBILE_NUMBER_ILLEGAL',
      'isv.SMS_TEMPLATE_ILLEGAL',
      'isv.SMS_SIGNATURE_ILLEGAL',
      'isv.OTHER',
    ]) {
      body = { Code, Message: 'to 13800000001' };
      const sent = await sms.send(notice());
      outcomes[Code] = sent.outcome === 'delivered' ? 'delivered' : `${sent.outcome} ${sent.problem}`;
      expect(sent).not.toMatchObject({ said: expect.stringContaining('13800000001') as string });
    }
    expect(outcomes).toEqual({
      'isv.BUSINESS_LIMIT_CONTROL': 'later busy',
      'Throttling.User': 'later busy',
      'isp.SYSTEM_ERROR': 'later busy',
      'isv.AMOUNT_NOT_ENOUGH': 'later busy',
      SignatureNonceUsed: 'later busy',
      'isv.MOBILE_NUMBER_ILLEGAL': 'failed address_refused',
      'isv.SMS_TEMPLATE_ILLEGAL': 'failed template_refused',
      'isv.SMS_SIGNATURE_ILLEGAL': 'failed template_refused',
      'isv.OTHER': 'failed refused',
    });
    expect(await sms.send(notice({ template: null }))).toMatchObject({ outcome: 'failed', problem: 'template_missing' });
    const nobody = aliyunSms({ ...KEY, api: 'http://127.0.0.1:9', signName: '亲桥' }, new FakeClock());
    expect(await nobody.send(notice())).toMatchObject({ outcome: 'later', problem: 'unreachable' });
  });
});

describe('WeChat subscribe messages', () => {
  /** WeChat with tokens that it may take back. */
  async function openWechat(send: (body: Record<string, unknown>) => unknown) {
    const state = { tokens: 0, valid: '' };
    const peer = await openPeer(({ url, body, method }) => {
      const content = (body === '' ? {} : JSON.parse(body)) as Record<string, unknown>;
      if (url.pathname === '/cgi-bin/stable_token') {
        if (method !== 'POST' || content['grant_type'] !== 'client_credential') return { body: { errcode: 43002, errmsg: 'require POST' } };
        if (content['secret'] !== 's') return { body: { errcode: 40125, errmsg: 'invalid appsecret' } };
        state.valid = `t${++state.tokens}`;
        return { body: { access_token: state.valid, expires_in: 7200 } };
      }
      if (url.pathname === '/sns/jscode2session')
        return {
          body: url.searchParams.get('js_code') === 'c1' ? { openid: 'o1', session_key: 'k' } : { errcode: 40029, errmsg: 'invalid code' },
        };
      if (url.pathname !== '/cgi-bin/message/subscribe/send') return { status: 404, body: {} };
      if (url.searchParams.get('access_token') !== state.valid) return { body: { errcode: 42001, errmsg: 'access_token expired' } };
      return { body: send(content) };
    });
    return { ...peer, state };
  }
  const options = { appId: 'wx1', secret: 's', programState: 'formal' as const };

  it('are sent with a token that is fetched once, and anew when it is over or taken back', async () => {
    const bodies: Record<string, unknown>[] = [];
    await using peer = await openWechat((body) => (bodies.push(body), { errcode: 0, errmsg: 'ok', msgid: 7 }));
    const clock = new FakeClock();
    const wechat = new WechatNotices({ ...options, api: peer.api }, clock);
    const long = notice({
      to: 'o1',
      params: {
        inmate: { zh: '一二三四五六七八九十'.repeat(3), en: 'x' },
        date: { zh: '2026-11-25', en: '' },
        time: { zh: '09:00', en: '' },
      },
    });
    expect(await wechat.send(long)).toEqual({ outcome: 'delivered', providerId: '7' });
    expect(await wechat.send(notice({ language: 'en' }))).toMatchObject({ outcome: 'delivered' });
    expect(peer.state.tokens).toBe(1);
    expect(bodies[0]).toMatchObject({
      touser: 'o1',
      template_id: 'SMS_1',
      page: 'pages/appointments/index',
      miniprogram_state: 'formal',
      lang: 'zh_CN',
    });
    const data = bodies[0]?.['data'] as Record<string, { value: string }>;
    expect([Array.from(data['thing1']?.value ?? '').length, data['time2']?.value]).toEqual([20, '2026-11-25 09:00']);
    // The English template has no code of its own: the Chinese one's serves.
    expect(bodies[1]).toMatchObject({ template_id: 'SMS_1', lang: 'en_US' });
    peer.state.valid = 'taken back';
    expect(await wechat.send(notice())).toMatchObject({ outcome: 'delivered' });
    clock.advance(7200_000);
    expect(await wechat.send(notice())).toMatchObject({ outcome: 'delivered' });
    expect(peer.state.tokens).toBe(3);
    expect([await wechat.openIdOf('c1'), await wechat.openIdOf('c2')]).toEqual(['o1', null]);
  });

  it('tell a user who refuses from a limit that passes', async () => {
    let errcode = 0;
    await using peer = await openWechat(() => ({ errcode, errmsg: 'why' }));
    const wechat = new WechatNotices({ ...options, api: peer.api }, new FakeClock());
    const outcomes: Record<number, string> = {};
    for (errcode of [43101, 45009, -1, 40003, 40037, 47003, 48001]) {
      const sent = await wechat.send(notice());
      outcomes[errcode] = sent.outcome === 'delivered' ? 'delivered' : `${sent.outcome} ${sent.problem}`;
    }
    expect(outcomes).toEqual({
      43101: 'failed user_refused',
      45009: 'later busy',
      [-1]: 'later busy',
      40003: 'failed address_refused',
      40037: 'failed template_refused',
      47003: 'failed template_refused',
      48001: 'later credentials',
    });
    // A token that is refused again and again is not asked for without end.
    errcode = 40001;
    const before = peer.seen.length;
    expect(await wechat.send(notice())).toMatchObject({ outcome: 'later', problem: 'credentials' });
    expect(peer.seen.length - before).toBe(3);
    const wrong = new WechatNotices({ ...options, secret: 'no', api: peer.api }, new FakeClock());
    expect(await wrong.send(notice())).toMatchObject({ outcome: 'later', problem: 'credentials' });
  });
});
