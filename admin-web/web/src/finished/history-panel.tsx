import type { CallEventView } from '@qinqiao/contracts';
import { Empty, Timeline } from 'antd';
import { clockSecondsOf } from '../components/format.ts';
import { useText } from '../i18n/index.ts';
import { eventText } from './event-text.ts';

const COLOURS: Record<string, string> = {
  cutOff: 'red',
  ended: 'red',
  recordingLost: 'red',
  mediaLost: 'red',
  speechLost: 'orange',
  pictureLost: 'orange',
  pictureHeld: 'orange',
  screenshot: 'orange',
  held: 'orange',
  lost: 'orange',
  wentAway: 'orange',
  interjected: 'green',
  message: 'green',
  extended: 'green',
};

/** Everything that happened to the call and who did it, in order. */
export function HistoryPanel({ events }: { events: CallEventView[] }) {
  const t = useText();
  if (events.length === 0) return <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('detail.noHistory')} />;
  const items = events.map((event, index) => {
    const { title, more } = eventText(t, event);
    return {
      key: index,
      color: COLOURS[event.kind] ?? 'blue',
      content: (
        <div data-testid="event-row" data-kind={event.kind}>
          <time className="digits muted">{clockSecondsOf(event.at)}</time> <b>{title}</b>
          {more && <span> · {more}</span>}
          {event.actorRole !== 'system' && <span className="muted"> — {event.actorName}</span>}
        </div>
      ),
    };
  });
  return <Timeline items={items} className="history" />;
}
