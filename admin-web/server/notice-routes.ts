import { QinqiaoError } from '@qinqiao/contracts';
import { limited } from '@qinqiao/domain/identity';
import {
  getNotice,
  listNotices,
  listTemplates,
  noticeSettings,
  saveTemplate,
  sendAgain,
  setNoticeSettings,
  WechatNotices,
} from '@qinqiao/domain/notices';
import { officerActor } from './access.ts';
import type { ServerDeps } from './context.ts';
import { requireFamily } from './family-access.ts';
import type { RestHandlers } from './router.ts';

type Routes =
  | 'listNotices'
  | 'getNotice'
  | 'sendNoticeAgain'
  | 'listNoticeTemplates'
  | 'saveNoticeTemplate'
  | 'getMyNoticeSettings'
  | 'setMyNoticeSettings';

/** Each change may ask WeChat. */
const CHANGES = { most: 60, minutes: 60 };

/** What families were told, with which words, and how they want to be told. */
export function noticeRoutes(deps: ServerDeps): Pick<RestHandlers, Routes> {
  const { db, crypto, clock, notices } = deps;
  const wechat = notices?.wechat ? new WechatNotices(notices.wechat, clock) : null;
  const providers = {
    in_app: 'in_app',
    wechat: wechat ? 'wechat' : 'local',
    sms: notices?.sms ? 'aliyun' : 'local',
    voice: notices?.voice ? 'aliyun' : 'local',
  } as const;
  const settingsOf = (familyId: string) => noticeSettings(db, crypto, familyId, wechat !== null);
  const openIdOf = async (code: string | undefined) => {
    if (code === undefined || !wechat) return null;
    const openid = await wechat.openIdOf(code).catch((cause: unknown) => {
      throw new QinqiaoError('network_failed', { cause });
    });
    if (openid === null) throw new QinqiaoError('bad_request', { fields: { wechatCode: 'invalid' } });
    return openid;
  };
  return {
    listNotices: async ({ db: seen, query }) => listNotices(seen, query),
    getNotice: async ({ db: seen, params }) => getNotice(seen, crypto, params.id),
    sendNoticeAgain: async (request) => sendAgain({ db: request.db, crypto, clock }, request.params.id, officerActor(request)),
    listNoticeTemplates: async ({ db: seen }) => ({ items: await listTemplates(seen), providers }),
    saveNoticeTemplate: async (request) =>
      saveTemplate(request.db, { ...request.body, event: request.params.event }, officerActor(request), clock.now()),
    getMyNoticeSettings: async (request) => settingsOf(requireFamily(request)),
    setMyNoticeSettings: async (request) => {
      const familyId = requireFamily(request);
      await limited(db, clock, `notice-settings:${familyId}`, CHANGES);
      const { language, wechatCode } = request.body;
      await setNoticeSettings(db, crypto, familyId, { language, openid: await openIdOf(wechatCode), now: clock.now() });
      return settingsOf(familyId);
    },
  };
}
