import { findAllowed } from '../allowlist/index.ts';
import { findCompanions } from '../registrations/index.ts';
import type { Admission } from './deps.ts';

/** Who may take part, by the allowlist and the families' registrations. */
export const findAdmission: Admission = { findAllowed, findCompanions };
