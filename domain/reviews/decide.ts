import type {
  AppointmentKind,
  Involvement,
  Localised,
  ReviewConditions,
  ReviewDecision,
  ReviewRuleContent,
  TreatmentLevel,
} from '@qinqiao/contracts';

/** What the rules ask about. */
export interface ReviewFacts {
  kind: AppointmentKind;
  level: TreatmentLevel;
  keyControl: boolean;
  involved: readonly Involvement[];
  relation: string;
  /** Of this kind in the month of the appointment, held or booked, this one not counted. */
  usedInMonth: number;
  /** Missed within the last 90 days. */
  missed: number;
  /** Nothing of this kind with this family member before. */
  first: boolean;
  companions: number;
  minors: boolean;
  extra: boolean;
}

export interface Reviewed {
  decision: ReviewDecision;
  /** The rule that decided; null: none fitted, and an officer decides. */
  rule: { id: string; name: string } | null;
  reason: Localised | null;
}

type Test<Key extends keyof ReviewConditions> = (wanted: NonNullable<ReviewConditions[Key]>, facts: ReviewFacts) => boolean;

/** What each condition asks. An empty list asks nothing. */
const TESTS: { [Key in keyof Required<ReviewConditions>]: Test<Key> } = {
  levels: (levels, { level }) => levels.length === 0 || levels.includes(level),
  keyControl: (wanted, { keyControl }) => keyControl === wanted,
  involved: (wanted, { involved }) => wanted.length === 0 || wanted.some((flag) => involved.includes(flag)),
  relations: (relations, { relation }) => relations.length === 0 || relations.includes(relation),
  usedInMonth: (least, { usedInMonth }) => usedInMonth >= least,
  missed: (least, { missed }) => missed >= least,
  first: (wanted, { first }) => first === wanted,
  companions: (least, { companions }) => companions >= least,
  minors: (wanted, { minors }) => minors === wanted,
  extra: (wanted, { extra }) => extra === wanted,
};

/** Whether every condition that is asked holds. */
export function fits(conditions: ReviewConditions, facts: ReviewFacts): boolean {
  return Object.entries(conditions).every(([key, wanted]) => {
    const test = TESTS[key as keyof ReviewConditions] as (wanted: unknown, facts: ReviewFacts) => boolean;
    return wanted === undefined || test(wanted, facts);
  });
}

/** The first rule that fits decides (V08); where none does, the prison's approval flow. */
export function decideReview(rules: readonly { id: string; content: ReviewRuleContent }[], facts: ReviewFacts): Reviewed {
  const rule = rules.find(
    ({ content }) =>
      content.enabled && (content.kinds.length === 0 || content.kinds.includes(facts.kind)) && fits(content.conditions, facts),
  );
  if (!rule) return { decision: 'officer', rule: null, reason: null };
  const { name, decision, reason } = rule.content;
  return { decision, rule: { id: rule.id, name }, reason: decision === 'refuse' ? { zh: reason.zh, en: reason.en || reason.zh } : null };
}
