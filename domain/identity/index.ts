export { newOwnChallenge, takeOwnChallenge } from './challenges.ts';
export { addSm2Key, beginTotp, factorKinds, finishTotp, listFactors, removeFactor, removeFactors } from './factors.ts';
export * from './grants.ts';
export { makeHandover, openFamilySession, takeHandover } from './handover.ts';
export { limited } from './limit.ts';
export { guarded } from './lock.ts';
export {
  confirmIdentity,
  loginFamily,
  loginInmate,
  loginOfficer,
  loginOfficerOn,
  loginSecondFactor,
  loginSecondFactorOn,
  type SecondStep,
} from './log-in.ts';
export * from './migrations.ts';
export {
  admitSession,
  assertConfirmed,
  closeSession,
  endSession,
  endSessionsOf,
  endSessionsOn,
  forgetExpiredSessions,
  hashToken,
  isAtDevice,
  listSessions,
  type LoggedIn,
  type NewLogin,
  type Origin,
  SESSION_COLUMNS,
  setTodo,
} from './sessions.ts';
