import { z } from 'zod';
import { alertParameters } from './alerts.ts';
import { faceParameters } from './faces.ts';
import { keepingParameters } from './keeping.ts';
import { loginParameters } from './login.ts';
import { noticeParameters } from './notices.ts';
import { pictureParameters } from './pictures.ts';
import { transcriptParameters } from './transcripts.ts';
import { visitParameters } from './visits.ts';

export { PARAMETER_UNITS } from './kinds.ts';

/** Every parameter of an installation that is set in the console; a change counts at once, in every process. They are shown in this order. */
export const PARAMETERS = {
  ...loginParameters,
  ...visitParameters,
  ...noticeParameters,
  ...faceParameters,
  ...pictureParameters,
  ...alertParameters,
  ...keepingParameters,
  ...transcriptParameters,
} as const;

export const ParameterKey = z.enum(Object.keys(PARAMETERS) as [keyof typeof PARAMETERS, ...(keyof typeof PARAMETERS)[]]);
export type ParameterKey = z.infer<typeof ParameterKey>;
export type ParameterValue<Key extends ParameterKey> = z.output<(typeof PARAMETERS)[Key]['schema']>;
