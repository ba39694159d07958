import { z } from 'zod';

export const Gender = z.enum(['male', 'female', 'unknown']);
export type Gender = z.infer<typeof Gender>;
/** How strictly an inmate is treated (宽管, 普管, 严管, 考察). */
export const TreatmentLevel = z.enum(['lenient', 'common', 'strict', 'observation']);
export type TreatmentLevel = z.infer<typeof TreatmentLevel>;
/** The six involvements (六涉): organised gangs, evil forces, drugs, guns, terror, cults. The order is stored, append only. */
export const Involvement = z.enum(['gang', 'evil', 'drugs', 'guns', 'terror', 'cult']);
export type Involvement = z.infer<typeof Involvement>;
export const InmateState = z.enum(['in_custody', 'medical_parole', 'transferred', 'released', 'deceased']);
export type InmateState = z.infer<typeof InmateState>;
export const PersonState = z.enum(['active', 'disabled']);
export type PersonState = z.infer<typeof PersonState>;
export const ContactKind = z.enum(['agency', 'helper']);
export type ContactKind = z.infer<typeof ContactKind>;
export const PersonKind = z.enum(['inmate', 'family', 'contact']);
export type PersonKind = z.infer<typeof PersonKind>;
/** Personal data that lists and details show masked. */
export const MaskedField = z.enum(['idNumber', 'phone', 'address', 'birthDate']);
export type MaskedField = z.infer<typeof MaskedField>;
