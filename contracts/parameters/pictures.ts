import { z } from 'zod';
import { onOff, whole, type ParameterKind } from './kinds.ts';

/** The pictures of a call: the inmate’s background, and what the watch warns of. */
export const pictureParameters = {
  'picture.maskMode': {
    group: 'picture',
    permission: 'parameter.edit',
    schema: z.enum(['colour', 'picture', 'blur']),
    initial: 'colour',
    unit: null,
    input: {
      kind: 'choice',
      options: [
        { value: 'colour', zh: '纯色', en: 'One colour' },
        { value: 'picture', zh: '背景图', en: 'A picture' },
        { value: 'blur', zh: '模糊（会透出实景颜色）', en: 'Blur (lets the real colours through)' },
      ],
    },
    zh: '罪犯画面背景',
    en: 'Background of the inmate’s picture',
    help: { zh: '下一场会见起生效', en: 'Counts from the next call on' },
  },
  'picture.maskColour': {
    group: 'picture',
    permission: 'parameter.edit',
    schema: z.enum(['#205080', '#3b5d4a', '#5a5f69']),
    initial: '#205080',
    unit: null,
    input: {
      kind: 'choice',
      options: [
        { value: '#205080', zh: '蓝', en: 'Blue' },
        { value: '#3b5d4a', zh: '绿', en: 'Green' },
        { value: '#5a5f69', zh: '灰', en: 'Grey' },
      ],
    },
    zh: '背景颜色',
    en: 'Colour of the background',
    help: { zh: '下一场会见起生效', en: 'Counts from the next call on' },
  },
  'picture.hits': {
    group: 'picture',
    permission: 'parameter.edit',
    ...whole(2, 10, 2),
    unit: 'times',
    zh: '连续几次检出后预警',
    en: 'Samples in a row before a warning',
    help: {
      zh: '每 2 秒抽检一次画面；次数越少越快，误报也越多',
      en: 'Pictures are looked at every two seconds; fewer is faster and wrong more often',
    },
  },
  'picture.nobodySeconds': {
    group: 'picture',
    permission: 'parameter.edit',
    ...whole(4, 120, 12),
    unit: 'seconds',
    zh: '画面无人多久后预警',
    en: 'Nobody in the picture for',
    help: { zh: '短暂离开或低头不预警', en: 'Leaning out for a moment warns of nothing' },
  },
  'picture.holdFamily': {
    group: 'picture',
    permission: 'parameter.edit',
    ...onOff('off'),
    zh: '家属画面出现多人或名单外人员时自动遮断画面',
    en: 'Hold the family’s picture for more people or strangers',
    help: { zh: '声音不中断，监管民警可一键恢复', en: 'Sound goes on; the officer releases it with one tap' },
  },
  'picture.holdInmate': {
    group: 'picture',
    permission: 'parameter.edit',
    ...onOff('on'),
    zh: '罪犯画面未遮挡或出现他人时自动遮断画面',
    en: 'Hold the inmate’s picture when it is unmasked or shows others',
    help: { zh: '声音不中断，监管民警可一键恢复', en: 'Sound goes on; the officer releases it with one tap' },
  },
  'picture.tellParties': {
    group: 'picture',
    permission: 'parameter.edit',
    ...onOff('off'),
    zh: '画面预警同时提示双方',
    en: 'Show picture warnings to both parties',
    help: { zh: '启用后，预警文字显示在双方屏幕上', en: 'When on, both screens show the warning’s text' },
  },
} as const satisfies Record<string, ParameterKind>;
