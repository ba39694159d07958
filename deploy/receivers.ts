import { roleHolders } from '@qinqiao/domain/access';
import { appointmentReceivers, findAdmission } from '@qinqiao/domain/appointments';
import { composeReceivers, type Receivers } from '@qinqiao/domain/outbox';
import { venueReceivers } from '@qinqiao/domain/venues';
import type { Platform } from './platform.ts';

/**
 * Who takes the messages of the outbox, by topic. A message of a topic nobody takes waits until somebody does. A receiver may get a message
 * more than once.
 */
export function receiversOf({ db, clock }: Platform): Receivers {
  const booking = { db, clock, holders: roleHolders, admission: findAdmission };
  return composeReceivers(appointmentReceivers(booking), venueReceivers({ db, clock }));
}
