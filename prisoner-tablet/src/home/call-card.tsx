import { formatCountdown } from '@qinqiao/client-sdk';
import type { CallSummary } from '@qinqiao/contracts';
import { clockTime, dayUnlessToday } from '../components/times.ts';
import { useTick } from '../components/use-tick.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { tablet } from '../session/session.ts';

const DAY_MS = 24 * 3600_000;

/** One arranged call: with whom, when, how long until then, and the button that leads in. */
export function CallCard({ call }: { call: CallSummary }) {
  const t = useText();
  const language = useLanguage();
  useTick(1000);
  const untilStart = api.clock.until(call.startsAt);
  const day = dayUnlessToday(call.startsAt, api.clock.now(), language) ?? t('home.today');
  return (
    <li className={call.canJoin ? 'card call-card is-open' : 'card call-card'} data-testid="call-row" data-call-id={call.id}>
      <div className="call-card-who">
        <b>{call.familyName}</b>
        <span>{call.relation}</span>
      </div>
      <div className="call-card-when">
        <b>{`${clockTime(call.startsAt, language)} – ${clockTime(call.endsAt, language)}`}</b>
        <span>{`${day} · ${call.roomName}`}</span>
      </div>
      <div className="call-card-wait">
        {untilStart > 0 && untilStart < DAY_MS && (
          <>
            <span>{t('home.startsIn')}</span>
            <b data-testid="starts-in">{formatCountdown(untilStart)}</b>
          </>
        )}
        {untilStart <= 0 && <span>{t(call.liveSince ? 'home.running' : 'home.now')}</span>}
      </div>
      <button
        type="button"
        className="primary"
        disabled={!call.canJoin}
        onClick={() => tablet.chooseCall(call.id)}
        data-testid="enter-call"
      >
        {t('home.enter')}
      </button>
      {!call.canJoin && <small className="call-card-opens">{t('home.opens')}</small>}
    </li>
  );
}
