import { closeSession, type NewLogin } from '@qinqiao/domain/identity';
import { toInstant, writeAudit } from '@qinqiao/server-kit';
import type { ServerDeps } from './context.ts';

/** Records that somebody logged in and answers the session; one that cannot be recorded is closed again. */
export async function auditedLogin({ db, clock }: Pick<ServerDeps, 'db' | 'clock'>, login: NewLogin, address: string) {
  const { role, subjectId: id, name, token, expiresAt, todo } = login;
  const at = toInstant(clock.now());
  try {
    await writeAudit(db, { at, actor: { role, id, name }, action: 'session.open', subject: { kind: role, id }, detail: { address } });
  } catch (error) {
    await closeSession(db, token);
    throw error;
  }
  return { token, role, name, expiresAt, ...(todo.length > 0 ? { todo } : {}) };
}
