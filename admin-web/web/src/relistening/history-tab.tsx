import { formatDuration } from '@qinqiao/client-sdk';
import type { ConversationDetail, HeardBy, RelisteningEvent } from '@qinqiao/contracts';
import { Timeline } from 'antd';
import { momentOf } from '../components/format.ts';
import { type Translate, useText } from '../i18n/index.ts';

const percent = (share: number) => Math.round(share * 100);

/** Who listened to how much, and what became of it. */
export function HistoryTab({ detail }: { detail: ConversationDetail }) {
  const t = useText();
  const items = detail.events.map((event) => ({
    key: event.id,
    color: event.kind === 'reminded' ? 'orange' : event.kind === 'finished' || event.kind === 'second_finished' ? 'green' : 'blue',
    content: (
      <div data-testid="relistening-event" data-kind={event.kind}>
        <time className="digits muted">{momentOf(event.at)}</time>
        <br />
        <b>{titleOf(t, event)}</b>
        {event.reason && <span> · {event.reason}</span>}
        <span className="muted"> — {event.actorName}</span>
      </div>
    ),
  }));
  return (
    <div className="relisten-tab">
      <h3>{t('relistening.heardBy')}</h3>
      {detail.heardBy.map((one) => (
        <Heard key={one.officerId} one={one} t={t} />
      ))}
      <Timeline items={items} className="history" />
    </div>
  );
}

function titleOf(t: Translate, { kind, officerName }: RelisteningEvent): string {
  if (kind === 'assigned' && officerName === null) return t('relistening.events.assigned_nobody');
  return t(`relistening.events.${kind}`, { officer: officerName ?? t('relistening.nobody') });
}

function Heard({ one, t }: { one: HeardBy; t: Translate }) {
  const { officerName, share, skippedShare, spentMs, refusedMs, speeds } = one;
  const texts = { name: officerName, percent: percent(share), skipped: percent(skippedShare), spent: formatDuration(spentMs) };
  return (
    <p data-testid="heard-by" data-share={share}>
      {t('relistening.heardLine', texts)}
      <br />
      <small className="muted">
        {t('relistening.speeds')}{' '}
        {Object.entries(speeds)
          .toSorted(([one], [other]) => Number(one) - Number(other))
          .map(([speed, ms]) => `${speed}× ${formatDuration(ms)}`)
          .join(' · ')}
      </small>
      {refusedMs > 1000 && (
        <>
          <br />
          <small className="is-overdue">{t('relistening.refusedLine', { time: formatDuration(refusedMs) })}</small>
        </>
      )}
    </p>
  );
}
