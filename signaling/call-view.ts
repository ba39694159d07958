import type { CallView } from '@qinqiao/contracts';
import type { CallRecord, Session } from '@qinqiao/domain/calls';

/** The call as everybody in it sees it. */
export function viewOf(record: CallRecord, session: Session): CallView {
  const { id, inmateName, familyName, relation, roomName } = record;
  const { state, startsAt, endsAt, parties, liveSince, pictureHolds, officerSpeaking, endReason, endNote } = session;
  return {
    id,
    state,
    startsAt,
    endsAt,
    inmateName,
    familyName,
    relation,
    roomName,
    parties,
    liveSince,
    hold: session.holds.at(-1) ?? null,
    pictureHolds,
    officerSpeaking,
    endReason,
    endNote,
  };
}
