import type { Clock, NoticeConfig } from '@qinqiao/server-kit';
import { failed, type NoticeChannel } from '../port.ts';
import { callAliyun } from './aliyun.ts';
import { codeOf, variablesOf } from './template.ts';

type SmsOptions = NonNullable<NoticeConfig['sms']>;

/** SMS through Aliyun's Short Message Service: SendSms of dysmsapi 2017-05-25. */
export const aliyunSms = (options: SmsOptions, clock: Clock): NoticeChannel => ({
  name: 'sms',
  provider: 'aliyun',
  send: async ({ id, to, template, language, params }) => {
    const code = template ? codeOf(template, language) : '';
    if (!template || code === '') return failed('template_missing');
    const query = {
      PhoneNumbers: to,
      SignName: options.signName,
      TemplateCode: code,
      TemplateParam: JSON.stringify(Object.fromEntries(variablesOf(template, params, language))),
      OutId: id,
    };
    return callAliyun(options, { action: 'SendSms', version: '2017-05-25', query }, clock.now());
  },
});
