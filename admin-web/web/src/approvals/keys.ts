/** Of react-query: everything that a decision may change lies below the first. */
export const APPROVALS = ['approvals'];
export const TASKS = [...APPROVALS, 'tasks'];
export const COUNTS = [...APPROVALS, 'counts'];
export const CASES = [...APPROVALS, 'cases'];
export const FLOWS = [...APPROVALS, 'flows'];
export const DELEGATIONS = [...APPROVALS, 'delegations'];
export const PRISONS = ['approval-prisons'];
