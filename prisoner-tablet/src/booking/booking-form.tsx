import { errorText, formatCountdown } from '@qinqiao/client-sdk';
import { type AppointmentKind, QinqiaoError, type SlotView } from '@qinqiao/contracts';
import type { Language } from '@qinqiao/client-sdk';
import { clockTime } from '../components/times.ts';
import { useTick } from '../components/use-tick.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import type { Officer } from './officer.ts';
import { type Hold, localDay, useBooking } from './use-booking.ts';

/** So long a slot is kept; the tablet's idea of the server's time may be a second off. */
const HOLD_MS = 5 * 60_000;
const KINDS: AppointmentKind[] = ['video', 'visit'];
const LOCALES: Record<Language, string> = { zh: 'zh-CN', en: 'en-GB' };
const dayOf = (instant: string) => localDay(0, Date.parse(instant));
const dayName = (day: string, language: Language) =>
  new Date(`${day}T12:00:00+08:00`).toLocaleDateString(LOCALES[language], { month: 'short', day: 'numeric', weekday: 'short' });

/** With whom, what and when; the chosen time is kept for five minutes until it is booked. */
export function BookingForm({ officer, inmateId, onDone }: { officer: Officer; inmateId: string; onDone: () => void }) {
  const t = useText();
  const language = useLanguage();
  const booking = useBooking(officer, inmateId);
  const { relatives, slots, chosen, booked, busy, error } = booking;
  if (booked) {
    return (
      <div className="home-empty booking-done" data-testid="booked" data-state={booked.state}>
        <b>{t('booking.done')}</b>
        <p>{`${booked.familyName} · ${dayName(dayOf(booked.startsAt), language)} ${clockTime(booked.startsAt, language)}`}</p>
        <p>{t(`appointment.${booked.state}`)}</p>
        <button type="button" className="primary" onClick={onDone} data-testid="booking-done">
          {t('booking.finish')}
        </button>
      </div>
    );
  }
  const open = (slots ?? []).filter(({ state }) => state === 'free' || state === 'yours');
  const days = [...new Set(open.map(({ startsAt }) => dayOf(startsAt)))];
  const day = chosen.day ?? days[0] ?? null;
  return (
    <div className="booking-form">
      <section className="card booking-column">
        <h2>{t('booking.with')}</h2>
        {relatives?.length === 0 && <p>{t('booking.noRelatives')}</p>}
        {relatives?.map((relative) => (
          <Choice
            key={relative.familyId}
            chosen={chosen.relative?.familyId === relative.familyId}
            onChoose={() => booking.choose({ relative })}
            testId="booking-relative"
          >
            <b>{relative.name}</b> {relative.relation}
          </Choice>
        ))}
        <h2>{t('booking.kind')}</h2>
        <div className="booking-kinds">
          {KINDS.map((kind) => (
            <Choice
              key={kind}
              chosen={chosen.kind === kind}
              onChoose={() => void booking.giveUp().then(() => booking.choose({ kind, day: null }))}
              testId={`booking-${kind}`}
            >
              {t(`kind.${kind}`)}
            </Choice>
          ))}
        </div>
      </section>
      <section className="card booking-column booking-times">
        <h2>{t('booking.when')}</h2>
        {slots && open.length === 0 && <p data-testid="no-slots">{t('booking.noSlots')}</p>}
        <div className="booking-days">
          {days.map((each) => (
            <Choice key={each} chosen={each === day} onChoose={() => booking.choose({ day: each })} testId="booking-day">
              {dayName(each, language)}
            </Choice>
          ))}
        </div>
        <div className="booking-slots">
          {open
            .filter(({ startsAt }) => dayOf(startsAt) === day)
            .map((slot) => (
              <Slot
                key={slot.id}
                slot={slot}
                chosen={chosen.slot?.id === slot.id}
                disabled={busy}
                onChoose={() => void booking.take(slot)}
              />
            ))}
        </div>
      </section>
      <footer className="card booking-foot">
        <div>
          {error !== null && (
            <p className="question-problem" role="alert" data-testid="booking-error">
              {problemText(error, language)}
              {!slots && (
                <button type="button" className="quiet" onClick={() => void booking.load()}>
                  {t('retry')}
                </button>
              )}
            </p>
          )}
          {chosen.hold && chosen.slot && <HoldLine hold={chosen.hold} onOver={() => void booking.giveUp()} />}
        </div>
        <button
          type="button"
          className="primary"
          disabled={busy || !chosen.hold || !chosen.relative}
          onClick={() => void booking.book()}
          data-testid="booking-book"
        >
          {t('booking.book')}
        </button>
      </footer>
    </div>
  );
}

/** Why something cannot be booked is said at the refusal; anything else by its code. */
function problemText(error: unknown, language: Language): string {
  const reasons = error instanceof QinqiaoError ? Object.values(error.fieldTexts ?? {}) : [];
  return reasons.length > 0 ? reasons.map((reason) => reason[language]).join(' ') : errorText(error, language);
}

function Slot({ slot, chosen, disabled, onChoose }: { slot: SlotView; chosen: boolean; disabled: boolean; onChoose: () => void }) {
  const t = useText();
  const language = useLanguage();
  return (
    <button
      type="button"
      className={chosen ? 'choice is-chosen' : 'choice'}
      disabled={disabled}
      onClick={onChoose}
      data-testid="booking-slot"
      data-slot-id={slot.id}
    >
      <b>{`${clockTime(slot.startsAt, language)} – ${clockTime(slot.endsAt, language)}`}</b>
      <small>{t('booking.free', { count: slot.free })}</small>
    </button>
  );
}

function HoldLine({ hold, onOver }: { hold: Hold; onOver: () => void }) {
  const t = useText();
  useTick(1000);
  const left = api.clock.until(hold.expiresAt);
  if (left <= 0) {
    return (
      <p className="question-problem">
        {t('booking.holdOver')}{' '}
        <button type="button" className="quiet" onClick={onOver}>
          {t('booking.again')}
        </button>
      </p>
    );
  }
  return <p data-testid="booking-hold">{t('booking.held', { time: formatCountdown(Math.min(left, HOLD_MS)) })}</p>;
}

interface ChoiceProps {
  chosen: boolean;
  onChoose: () => void;
  testId: string;
  children: React.ReactNode;
}

function Choice({ chosen, onChoose, testId, children }: ChoiceProps) {
  return (
    <button type="button" className={chosen ? 'choice is-chosen' : 'choice'} aria-pressed={chosen} onClick={onChoose} data-testid={testId}>
      {children}
    </button>
  );
}
