import { z } from 'zod';
import type { Localised } from '../ids.ts';
import type { Permission } from '../permissions.ts';

/** What units a parameter is given in. */
export const PARAMETER_UNITS = {
  minutes: { zh: '分钟', en: 'minutes' },
  hours: { zh: '小时', en: 'hours' },
  months: { zh: '个月', en: 'months' },
  times: { zh: '次', en: 'times' },
  sessions: { zh: '处', en: 'sessions' },
  seconds: { zh: '秒', en: 'seconds' },
  days: { zh: '天', en: 'days' },
  percent: { zh: '%', en: '%' },
  gigabytes: { zh: 'GB', en: 'GB' },
  hundredths: { zh: '% 相似度', en: '% likeness' },
} as const satisfies Record<string, Localised>;

/** One parameter: what may stand in it, and what those who set it read. */
export interface ParameterKind extends Localised {
  schema: z.ZodType;
  /** What it is where nobody has set it. */
  initial: unknown;
  unit: keyof typeof PARAMETER_UNITS | null;
  group: string;
  /** How it is entered. */
  input: { kind: 'number'; min: number; max: number } | { kind: 'choice'; options: readonly (Localised & { value: string })[] };
  /** Who may change it. */
  permission: Permission;
  /** What it does, for those who change it. */
  help: Localised;
}

/** A whole number between two others. */
export const whole = (min: number, max: number, initial: number) => ({
  schema: z.number().int().min(min).max(max),
  input: { kind: 'number' as const, min, max },
  initial,
});

export const onOff = (initial: 'on' | 'off') => ({
  schema: z.enum(['on', 'off']),
  initial,
  unit: null,
  input: {
    kind: 'choice' as const,
    options: [
      { value: 'on', zh: '启用', en: 'On' },
      { value: 'off', zh: '不启用', en: 'Off' },
    ],
  },
});
