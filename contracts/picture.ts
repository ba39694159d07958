import { z } from 'zod';
import { Party } from './calls.ts';
import { CallId, Instant, type Localised } from './ids.ts';

/** What the tablet puts in the place of the inmate's background. */
export const MaskPolicy = z.object({
  mode: z.enum(['colour', 'picture', 'blur']),
  /** `#rrggbb`; with `picture` and `blur` it is what shows where those cannot. */
  colour: z.string().regex(/^#[0-9a-f]{6}$/),
});
export type MaskPolicy = z.infer<typeof MaskPolicy>;

/** starting: no picture has been masked yet · masked · black: fails closed, for the reason that goes with it. */
export const MaskState = z.enum(['starting', 'masked', 'black']);
export type MaskState = z.infer<typeof MaskState>;

/** Why the tablet sends black instead of the masked picture. */
export const MASK_FAULTS = {
  failed: { zh: '背景遮挡出错', en: 'The masking failed' },
  late: { zh: '背景遮挡来不及处理', en: 'The masking came too late' },
  stopped: { zh: '背景遮挡程序已停止', en: 'The masking has stopped' },
  implausible: { zh: '无法可靠地识别人像', en: 'The person cannot be told from the background' },
  several_people: { zh: '画面中不止一人', en: 'There is more than one person in the picture' },
  nobody: { zh: '画面中没有人', en: 'There is nobody in the picture' },
  camera_changed: { zh: '正在切换摄像头', en: 'The camera is being changed' },
  hidden: { zh: '页面不在前台', en: 'The page is in the background' },
  unsupported: { zh: '此设备无法遮挡背景，画面不予发送', en: 'This device cannot mask the background; no picture is sent' },
} as const satisfies Record<string, Localised>;
export const MaskFault = z.enum(Object.keys(MASK_FAULTS) as [keyof typeof MASK_FAULTS, ...(keyof typeof MASK_FAULTS)[]]);
export type MaskFault = z.infer<typeof MaskFault>;

/** What the tablet says of its mask, for the officer; the server looks for itself (`unmasked`). */
export const MaskReport = z.object({ state: MaskState, fault: MaskFault.nullable(), framesPerSecond: z.number().min(0).max(240) });
export type MaskReport = z.infer<typeof MaskReport>;

/** What the server noticed in the pictures of a call. */
export const PICTURE_WARNINGS = {
  nobody: { zh: '画面中无人', en: 'Nobody in the picture' },
  several_people: { zh: '画面中出现多人', en: 'More people than on the list' },
  stranger: { zh: '画面中的人不在会见名单上', en: 'Somebody who is not on the list' },
  unmasked: { zh: '服刑人员画面背景未遮挡', en: 'The inmate’s background is not masked' },
} as const satisfies Record<string, Localised>;
export const PictureWarningKind = z.enum(
  Object.keys(PICTURE_WARNINGS) as [keyof typeof PICTURE_WARNINGS, ...(keyof typeof PICTURE_WARNINGS)[]],
);
export type PictureWarningKind = z.infer<typeof PictureWarningKind>;

/** Raised after several samples in a row showed it. */
export const PictureWarning = z.object({
  id: z.string().min(1).max(32),
  callId: CallId,
  party: Party,
  kind: PictureWarningKind,
  /** People seen in the last of the samples. */
  people: z.number().int().nonnegative(),
  /** Of the first sample that showed it, and when it was raised. */
  seenAt: Instant,
  raisedAt: Instant,
  /** Millisecond of the call's recording. */
  atMs: z.number().int().nonnegative(),
  /** By policy the party's picture was taken from the other's screen. */
  held: z.boolean(),
  verdict: z.enum(['open', 'right', 'wrong']),
});
export type PictureWarning = z.infer<typeof PictureWarning>;
