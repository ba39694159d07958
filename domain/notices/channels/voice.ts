import type { Clock, NoticeConfig } from '@qinqiao/server-kit';
import { failed, type NoticeChannel } from '../port.ts';
import { callAliyun } from './aliyun.ts';
import { codeOf, variablesOf } from './template.ts';

type VoiceOptions = NonNullable<NoticeConfig['voice']>;

/** A call that reads a text aloud, through Aliyun's Voice Service: SingleCallByTts of dyvmsapi 2017-05-25. */
export const aliyunVoice = (options: VoiceOptions, clock: Clock): NoticeChannel => ({
  name: 'voice',
  provider: 'aliyun',
  send: async ({ id, to, template, language, params }) => {
    const code = template ? codeOf(template, language) : '';
    if (!template || code === '') return failed('template_missing');
    const query = {
      // Without it the provider takes one of its own numbers.
      ...(options.showNumber === null ? {} : { CalledShowNumber: options.showNumber }),
      CalledNumber: to,
      TtsCode: code,
      TtsParam: JSON.stringify(Object.fromEntries(variablesOf(template, params, language))),
      PlayTimes: '2',
      // At most 15 characters.
      OutId: id.slice(-15),
    };
    return callAliyun(options, { action: 'SingleCallByTts', version: '2017-05-25', query }, clock.now());
  },
});
