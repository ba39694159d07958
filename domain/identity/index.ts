export { newOwnChallenge, takeOwnChallenge } from './challenges.ts';
export { addSm2Key, beginTotp, factorKinds, finishTotp, listFactors, removeFactor, removeFactors } from './factors.ts';
export * from './grants.ts';
export { confirmIdentity, loginFamily, loginInmate, loginOfficer, loginSecondFactor, type SecondStep } from './log-in.ts';
export * from './migrations.ts';
export {
  assertConfirmed,
  closeSession,
  endSession,
  endSessionsOf,
  findSession,
  forgetExpiredSessions,
  listSessions,
  type LoggedIn,
  type NewLogin,
  type Origin,
  setTodo,
} from './sessions.ts';
