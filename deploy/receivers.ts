import { roleHolders } from '@qinqiao/domain/access';
import { audioIntakeReceivers } from '@qinqiao/domain/audio-intake';
import { allowlistDecided } from '@qinqiao/domain/allowlist';
import { decisionReceivers } from '@qinqiao/domain/applications';
import { appointmentReceivers, findAdmission } from '@qinqiao/domain/appointments';
import { noticeReceivers } from '@qinqiao/domain/notices';
import { numberDecided } from '@qinqiao/domain/numbers';
import { composeReceivers, type Receivers } from '@qinqiao/domain/outbox';
import { companionDecided, linkDecided } from '@qinqiao/domain/registrations';
import { relisteningReceivers } from '@qinqiao/domain/relistening';
import { listEngines, speechReceivers } from '@qinqiao/domain/speech';
import { venueReceivers } from '@qinqiao/domain/venues';
import type { Platform } from './platform.ts';

/**
 * Who takes the messages of the outbox, by topic. A message of a topic nobody takes waits until somebody does. A receiver may get a message
 * more than once.
 */
export function receiversOf({ config, db, crypto, clock }: Platform): Receivers {
  const hasEngine = async () => config.speech.engine !== 'none' || (await listEngines(db)).some(({ enabled }) => enabled);
  const booking = { db, clock, holders: roleHolders, admission: findAdmission };
  const decided = { kinship: linkDecided, companion: companionDecided, allowlist: allowlistDecided, number: numberDecided };
  return composeReceivers(
    decisionReceivers({ db, clock }, decided),
    appointmentReceivers(booking),
    venueReceivers({ db, clock }),
    noticeReceivers({ db, crypto, clock }),
    relisteningReceivers({ db, crypto, clock }),
    // Before what asks for whatever nobody has heard.
    audioIntakeReceivers({ db, clock }),
    speechReceivers({ db, clock, hasEngine }),
  );
}
