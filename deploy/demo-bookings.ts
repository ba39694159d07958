import { DEFAULT_CALL_RULE, type ReviewRuleContent, type SlotPlanContent, TreatmentLevel } from '@qinqiao/contracts';
import { saveCallRule } from '@qinqiao/domain/quotas';
import { addReviewRule } from '@qinqiao/domain/reviews';
import { addSlotPlan } from '@qinqiao/domain/slots';
import { type Clock, type Db, toInstant } from '@qinqiao/server-kit';

const half = (from: string, to: string) => ({ from, to });
const PLANS: SlotPlanContent[] = [
  {
    name: '视频会见（每日）',
    kind: 'video',
    days: { kind: 'week', days: [1, 2, 3, 4, 5, 6, 7] },
    times: [
      half('09:00', '09:30'),
      half('09:40', '10:10'),
      half('10:20', '10:50'),
      half('14:00', '14:30'),
      half('14:40', '15:10'),
      half('15:20', '15:50'),
    ],
    capacity: 2,
    validFrom: '2026-01-01',
    validUntil: null,
    onHolidays: true,
    aheadDays: 30,
    noticeMinutes: 60,
    enabled: true,
  },
  {
    name: '现场会见（工作日）',
    kind: 'visit',
    days: { kind: 'week', days: [2, 4] },
    times: [half('09:00', '10:00'), half('10:00', '11:00'), half('14:00', '15:00')],
    capacity: 10,
    validFrom: '2026-01-01',
    validUntil: null,
    onHolidays: false,
    aheadDays: 30,
    noticeMinutes: 24 * 60,
    enabled: true,
  },
];
const plain = { kinds: [], reason: { zh: '', en: '' }, enabled: true };
const REVIEWS: ReviewRuleContent[] = [
  {
    ...plain,
    name: '涉邪涉恐不予会见',
    conditions: { involved: ['cult', 'terror'] },
    decision: 'refuse',
    reason: { zh: '该罪犯目前不能会见，请向监狱咨询', en: 'This inmate may not have visits at present; ask the prison' },
  },
  { ...plain, name: '重控由民警审批', conditions: { keyControl: true }, decision: 'officer' },
  { ...plain, name: '宽管再次会见自动通过', conditions: { levels: ['lenient'], first: false }, decision: 'approve' },
];
/** Calls and minutes of video calls in a month, by treatment level. */
const VIDEO = { lenient: [4, 120], common: [2, 60], observation: [2, 60], strict: [1, 20] } as const;

/** Slots, pre-review rules and call rules of the demo prison. */
export async function addDemoBookings(db: Db, clock: Clock, prisonId: string): Promise<void> {
  for (const plan of PLANS) await addSlotPlan(db, prisonId, plan);
  for (const rule of REVIEWS) await addReviewRule(db, prisonId, rule);
  for (const level of TreatmentLevel.options) {
    const [calls, minutes] = VIDEO[level];
    const limits = DEFAULT_CALL_RULE.limits.map((limit) => (limit.kinds.join() === 'video' ? { ...limit, calls, minutes } : limit));
    await saveCallRule(db, { prisonId, level, content: { ...DEFAULT_CALL_RULE, limits }, version: 0 }, toInstant(clock.now()));
  }
}
