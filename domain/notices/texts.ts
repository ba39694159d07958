import { type ExternalTemplate, NOTICE_EVENTS, type NoticeEvent, type NoticeTemplateContent, TOLD_IN_APP } from '@qinqiao/contracts';

interface Text {
  title: [zh: string, en: string];
  text: [zh: string, en: string];
  /** Told by these as well as in the app and by WeChat. */
  also?: readonly ('sms' | 'voice')[];
}

const WHEN = { zh: '{date} {time}–{until}', en: '{date}, {time}–{until}' };

const TEXTS: Record<NoticeEvent, Text> = {
  booked: {
    title: ['预约已提交', 'Appointment handed in'],
    text: [
      `您与{inmate}的{kind}（${WHEN.zh}，{prison}）已提交，请等待审批。`,
      `Your {kind} with {inmate} (${WHEN.en}, {prison}) was handed in and waits for approval.`,
    ],
  },
  booked_for_you: {
    title: ['已为您预约会见', 'A visit was booked for you'],
    text: [
      `{prison}已为您预约与{inmate}的{kind}：${WHEN.zh}。如不能参加，请尽早在小程序中取消。`,
      `{prison} has booked a {kind} with {inmate} for you: ${WHEN.en}. If you cannot come, please cancel it early in the app.`,
    ],
    also: ['sms'],
  },
  approved: {
    title: ['会见预约已通过', 'Appointment approved'],
    text: [`您与{inmate}的{kind}已通过：${WHEN.zh}，{prison}。`, `Your {kind} with {inmate} is approved: ${WHEN.en}, {prison}.`],
    also: ['sms'],
  },
  refused: {
    title: ['会见预约未通过', 'Appointment refused'],
    text: [
      `您与{inmate}的{kind}（${WHEN.zh}）未通过。原因：{reason}`,
      `Your {kind} with {inmate} (${WHEN.en}) was refused. Reason: {reason}`,
    ],
    also: ['sms'],
  },
  changed: {
    title: ['会见预约已改期', 'Appointment moved'],
    text: [
      `您与{inmate}的{kind}由{former}改为${WHEN.zh}，{prison}。`,
      `Your {kind} with {inmate} was moved from {former} to ${WHEN.en}, {prison}.`,
    ],
    also: ['sms'],
  },
  placed: {
    title: ['会见室已安排', 'A room is assigned'],
    text: [
      `您与{inmate}的{kind}（${WHEN.zh}）已安排在{prison}{room}。`,
      `Your {kind} with {inmate} (${WHEN.en}) has its room: {room}, {prison}.`,
    ],
  },
  cancelled: {
    title: ['会见预约已取消', 'Appointment cancelled'],
    text: [
      `您与{inmate}的{kind}（${WHEN.zh}）已取消。原因：{reason}`,
      `Your {kind} with {inmate} (${WHEN.en}) was cancelled. Reason: {reason}`,
    ],
    also: ['sms'],
  },
  stopped: {
    title: ['会见预约已停止', 'Appointment stopped'],
    text: [
      `您与{inmate}的{kind}（${WHEN.zh}）不能进行。原因：{reason}`,
      `Your {kind} with {inmate} (${WHEN.en}) cannot take place. Reason: {reason}`,
    ],
    also: ['sms'],
  },
  expired: {
    title: ['会见预约已失效', 'Appointment lapsed'],
    text: [`您与{inmate}的{kind}（${WHEN.zh}）已失效。{reason}`, `Your {kind} with {inmate} (${WHEN.en}) has lapsed. {reason}`],
    also: ['sms'],
  },
  missed: {
    title: ['会见未接通', 'The call was not connected'],
    text: [`您与{inmate}的{kind}（${WHEN.zh}）未接通。{reason}`, `Your {kind} with {inmate} (${WHEN.en}) was not connected. {reason}`],
  },
  broken: {
    title: ['会见中断', 'The call was broken off'],
    text: [`您与{inmate}的{kind}（${WHEN.zh}）：{reason}`, `Your {kind} with {inmate} (${WHEN.en}): {reason}`],
    also: ['sms'],
  },
  reminder_day: {
    title: ['会见提醒', 'Reminder of your visit'],
    text: [`请记得您与{inmate}的{kind}：${WHEN.zh}，{prison}。`, `Please remember your {kind} with {inmate}: ${WHEN.en}, {prison}.`],
    also: ['sms'],
  },
  reminder_soon: {
    title: ['会见即将开始', 'Your visit begins soon'],
    text: [
      '您与{inmate}的{kind}将于{time}开始，请提前打开小程序检查设备和网络。',
      'Your {kind} with {inmate} begins at {time}. Please open the app in good time and check camera and network.',
    ],
    also: ['sms'],
  },
  other_waiting: {
    title: ['对方正在等候', 'The other side is waiting'],
    text: [
      '{inmate}已在会见室等候，{kind}于{time}开始，请尽快进入。',
      '{inmate} is waiting for you; the {kind} begins at {time}. Please enter now.',
    ],
    also: ['sms', 'voice'],
  },
  extra_approved: {
    title: ['额外通话已通过', 'Extra call approved'],
    text: [
      '您为{inmate}申请的{month}额外{kind}已通过：{calls}次，{minutes}分钟。',
      'Your application for {inmate} is approved: {calls} more of {kind}, {minutes} minutes, in {month}.',
    ],
  },
  extra_refused: {
    title: ['额外通话未通过', 'Extra call refused'],
    text: [
      '您为{inmate}申请的{month}额外{kind}未通过。原因：{reason}',
      'Your application for {inmate}, {kind} in {month}, was refused. Reason: {reason}',
    ],
  },
  review: {
    title: ['申请审核结果', 'Result of your application'],
    text: ['{title}，详情请在小程序“消息”中查看。', '{title}. See the messages in the app.'],
    also: ['sms'],
  },
  help: {
    title: ['您的咨询已答复', 'Your question was answered'],
    text: ['{title}，请在小程序“咨询”中查看。', '{title}. See your questions in the app.'],
  },
};

const TIME = '{date} {time}';
/** Variables to begin with; a site names them as its own templates at the provider do. */
function variables(event: NoticeEvent): { wechat: ExternalTemplate['fields']; sms: ExternalTemplate['fields'] } {
  const known: readonly string[] = NOTICE_EVENTS[event].fields;
  if (known.includes('title')) return { wechat: [{ name: 'thing1', value: '{title}' }], sms: [{ name: 'title', value: '{title}' }] };
  const when = known.includes('month') ? '{month}' : TIME;
  const why = known.includes('reason');
  return {
    wechat: [
      { name: 'thing1', value: '{inmate}' },
      { name: known.includes('month') ? 'thing2' : 'time2', value: when },
      { name: 'thing3', value: why ? '{reason}' : '{kind}' },
    ],
    sms: [{ name: 'inmate', value: '{inmate}' }, { name: 'time', value: when }, ...(why ? [{ name: 'reason', value: '{reason}' }] : [])],
  };
}

/** A template as it is delivered. */
export function builtInTemplate(event: NoticeEvent): NoticeTemplateContent {
  const { title, text, also = [] } = TEXTS[event];
  const { wechat, sms } = variables(event);
  const outside = (enabled: boolean, fields: ExternalTemplate['fields']): ExternalTemplate => ({
    enabled,
    code: { zh: '', en: '' },
    fields: fields.map((field) => ({ ...field })),
  });
  return {
    title: { zh: title[0], en: title[1] },
    text: { zh: text[0], en: text[1] },
    inApp: !TOLD_IN_APP.includes(event),
    wechat: outside(true, wechat),
    sms: outside(also.includes('sms'), sms),
    voice: outside(also.includes('voice'), sms),
  };
}
