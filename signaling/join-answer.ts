import type { CallHealth, CallView, JoinAnswer, MaskReport } from '@qinqiao/contracts';
import { listNotices } from '@qinqiao/domain/calls';
import { warningsOf } from '@qinqiao/domain/picture-warnings';
import { listSegments } from '@qinqiao/domain/transcripts';
import { listAlerts } from '@qinqiao/domain/words';
import { type Db, toInstant } from '@qinqiao/server-kit';
import type { CallMedia } from './call-media.ts';
import type { Participant } from './participant.ts';

interface Joined {
  participant: Participant;
  seat: Awaited<ReturnType<CallMedia['seat']>>;
  call: CallView;
  health: CallHealth | null;
  mask: MaskReport | null;
  now: Date;
}

/** All that a page needs to show the call as it is now. What is for officers only, parties don't get. */
export async function joinAnswer(db: Db, { participant, seat, call, health, mask, now }: Joined): Promise<JoinAnswer> {
  const officer = participant.role === 'officer';
  const [notices, transcript, alerts, warnings] = await Promise.all([
    listNotices(db, call.id),
    officer ? readAll((page) => listSegments(db, call.id, page)) : [],
    officer ? readAll((page) => listAlerts(db, call.id, page)) : [],
    officer ? warningsOf(db, call.id) : [],
  ]);
  return {
    participantId: participant.id,
    role: participant.role,
    call,
    serverNow: toInstant(now),
    sendTransport: seat.send,
    receiveTransport: seat.receive,
    consumers: seat.consumers,
    notices,
    health: officer ? health : null,
    mask: officer ? mask : null,
    transcript,
    alerts,
    warnings,
  };
}

/** All pages of a list, up to what a call of two hours can hold. */
async function readAll<Item>(
  read: (page: { cursor?: string; limit: number }) => Promise<{ items: Item[]; next: string | null }>,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined && items.length < 10_000);
  return items;
}
