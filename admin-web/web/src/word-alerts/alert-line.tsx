import { formatDuration } from '@qinqiao/client-sdk';
import type { AlertHandlingView, WordAlertView } from '@qinqiao/contracts';
import { Tag } from 'antd';
import { clockSecondsOf, momentOf } from '../components/format.ts';
import { useText } from '../i18n/index.ts';
import { LevelTag } from '../words/level-tag.tsx';

const COLOURS: Record<WordAlertView['verdict'], string> = { open: 'gold', right: 'green', wrong: 'red' };

export function VerdictTag({ verdict }: { verdict: WordAlertView['verdict'] }) {
  const t = useText();
  return (
    <Tag color={COLOURS[verdict]} data-testid="alert-verdict" data-verdict={verdict}>
      {t(`wordAlerts.verdicts.${verdict}`)}
    </Tag>
  );
}

/** The word as it stands in the list, how serious, and how it was heard. */
export function WordOf({ alert: { word, level, match, state, live } }: { alert: WordAlertView }) {
  const t = useText();
  return (
    <span className={`alert-of is-${state}`}>
      <b>{word}</b> <LevelTag level={level} /> {match === 'homophone' && <Tag>{t('wordAlerts.homophone')}</Tag>}
      {state === 'unconfirmed' && <Tag>{t('live.unconfirmed')}</Tag>}
      {!live && <Tag>{t('wordAlerts.offline')}</Tag>}
    </span>
  );
}

/** The sentence with the word in red. */
export function Sentence({ alert: { text, offset, length, state } }: { alert: WordAlertView }) {
  // Corrected since, or only provisional: the place is not to be relied on.
  if (text === '' || offset + length > text.length) return <span className="muted">{text || '—'}</span>;
  return (
    <span className={`alert-sentence is-${state}`}>
      {text.slice(0, offset)}
      <mark>{text.slice(offset, offset + length)}</mark>
      {text.slice(offset + length)}
    </span>
  );
}

/** Who spoke when: wall clock and second of the call. */
export function When({ alert: { raisedAt, atMs } }: { alert: WordAlertView }) {
  return (
    <span className="digits">
      {clockSecondsOf(raisedAt)} <span className="muted">+{formatDuration(atMs)}</span>
    </span>
  );
}

/** Whether somebody has to react, and who did. */
export function HandlingTag({ handling: { open, ackedByName, escalatedAt } }: { handling: AlertHandlingView }) {
  const t = useText();
  return (
    <span className="alert-handling" data-testid="alert-handling">
      {escalatedAt && (
        <Tag color="red" title={t('wordAlerts.escalatedAt', { time: momentOf(escalatedAt) })}>
          {t('wordAlerts.escalated')}
        </Tag>
      )}
      {ackedByName ? (
        <span className="muted">{t('wordAlerts.ackedBy', { name: ackedByName })}</span>
      ) : (
        <span className={open ? 'alert-waits' : 'muted'}>{t(open ? 'wordAlerts.openState' : 'wordAlerts.closedState')}</span>
      )}
    </span>
  );
}
