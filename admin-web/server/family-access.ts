import { QinqiaoError } from '@qinqiao/contracts';
import type { Applying } from '@qinqiao/domain/applications';
import { toInstant } from '@qinqiao/server-kit';
import { actorOf, officerActor, requireLogin } from './access.ts';
import type { RequestContext, ServerDeps } from './context.ts';

/** The family member who asks: his id is what every query of his own data goes by. Throws `forbidden` for anybody else. */
export function requireFamily({ who }: Pick<RequestContext, 'who'>): string {
  const { role, subjectId } = requireLogin(who);
  if (role !== 'family') throw new QinqiaoError('forbidden');
  return subjectId;
}

/** A family member who applies for something, with the whole store: whose things are concerned is asked with each of them. */
export async function familyApplying({ db, crypto, clock }: ServerDeps, request: Pick<RequestContext, 'who'>): Promise<Applying> {
  requireFamily(request);
  return { db, crypto, actor: await actorOf(db, requireLogin(request.who)), now: clock.now() };
}

/** An officer who changes something, with the store as he sees it. */
export const officerApplying = ({ crypto, clock }: ServerDeps, request: Pick<RequestContext, 'db' | 'officer'>): Applying => ({
  db: request.db,
  crypto,
  actor: officerActor(request),
  now: clock.now(),
});

export const nowOf = ({ clock }: ServerDeps): string => toInstant(clock.now());
