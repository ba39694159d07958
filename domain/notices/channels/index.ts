import type { Clock, Db, NoticeConfig } from '@qinqiao/server-kit';
import type { NoticeChannels } from '../port.ts';
import { inAppNotices } from './in-app.ts';
import { localNotices } from './local.ts';
import { aliyunSms } from './sms.ts';
import { aliyunVoice } from './voice.ts';
import { WechatNotices } from './wechat.ts';

export { WechatNotices } from './wechat.ts';

/** The channels as this installation is set up for them. */
export const openNoticeChannels = ({ wechat, sms, voice }: NoticeConfig, { db, clock }: { db: Db; clock: Clock }): NoticeChannels => ({
  in_app: inAppNotices(db, clock),
  wechat: wechat ? new WechatNotices(wechat, clock) : localNotices('wechat'),
  sms: sms ? aliyunSms(sms, clock) : localNotices('sms'),
  voice: voice ? aliyunVoice(voice, clock) : localNotices('voice'),
});
