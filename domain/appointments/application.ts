import type { AppointmentKind } from '@qinqiao/contracts';
import { type Actor, type DbTransaction, dayOf, timeOf, toInstant } from '@qinqiao/server-kit';
import { submit } from '../approvals/index.ts';
import type { Reviewed, ReviewFacts } from '../reviews/index.ts';
import { minutesOf } from '../slots/index.ts';
import type { Wish } from './admissible.ts';
import type { BookingDeps, Companion } from './deps.ts';
import { type AppointmentRow, asRefusal } from './store.ts';

const TITLES: Record<AppointmentKind, string> = { video: '视频会见', visit: '现场会见' };

/** Submits the appointment to the prison's flow. Its subject carries the revision, so that what is decided about a former slot does not count. */
export async function apply(
  { holders, clock }: BookingDeps,
  trx: DbTransaction,
  row: AppointmentRow,
  { parties, slot, kind, companions }: Wish,
  { facts }: Reviewed & { facts: ReviewFacts },
  actor: Actor,
): Promise<{ id: string; decided: boolean }> {
  const { inmate, family, relation } = parties;
  const when = `${dayOf(slot.startsAt)} ${timeOf(slot.startsAt)}–${timeOf(slot.endsAt)}`;
  const { involved, ...plain } = facts;
  const application = {
    prisonId: row.prison_id,
    type: kind === 'video' ? ('call' as const) : ('visit' as const),
    title: `${inmate.name} ${TITLES[kind]} ${when}`,
    subject: { kind: 'appointment', id: `${row.id}:${row.revision}` },
    inmateId: inmate.id,
    facts: { ...plain, involved: involved.join(','), minutes: minutesOf(slot) },
    snapshot: {
      罪犯: `${inmate.name}（${inmate.number}）`,
      家属: `${family.name}（${relation ?? ''}）`,
      类型: TITLES[kind],
      时间: when,
      随行人员: companions.map((one: Companion) => `${one.name}（${one.relation}${one.minor ? '，未成年' : ''}）`).join('、') || '无',
      本月已预约或已会见: facts.usedInMonth,
      额外通话: facts.extra ? '是' : '否',
      首次会见: facts.first ? '是' : '否',
    },
  };
  try {
    const { id, state } = await submit(trx, holders, application, actor, toInstant(clock.now()));
    return { id, decided: state === 'approved' };
  } catch (error) {
    throw asRefusal(error);
  }
}
