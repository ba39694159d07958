import type { AppointmentKind, CompanionRef, Instant } from '@qinqiao/contracts';
import type { Clock, Db } from '@qinqiao/server-kit';
import type { z } from 'zod';
import type { RoleHolders } from '../approvals/index.ts';

/** A person who comes along. `state` as the prison decided about him. */
export interface Companion extends z.infer<typeof CompanionRef> {
  state: 'pending' | 'approved' | 'refused';
}

/** Who may take part, as other subjects decide it. */
export interface Admission {
  /** The allowlist entry under which this family member may have one of these at this instant, or undefined. */
  findAllowed(
    db: Db,
    asked: { inmateId: string; familyId: string; kind: AppointmentKind; at: Instant },
  ): Promise<{ id: string } | undefined>;
  /** Those of a family member's companions that have these ids. */
  findCompanions(db: Db, familyId: string, ids: readonly string[], day: string): Promise<Companion[]>;
}

export interface BookingDeps {
  /** The whole store. Whether the one who asks may see whom he names is asked before. */
  db: Db;
  clock: Clock;
  holders: RoleHolders;
  admission: Admission;
}
