import { formatDuration } from '@qinqiao/client-sdk';
import type { ConversationView } from '@qinqiao/contracts';
import { Button, Progress, type TableColumnsType, Tag, Tooltip } from 'antd';
import { clockOf, dayOf } from '../components/format.ts';
import type { Translate } from '../i18n/index.ts';

const percent = (share: number) => Math.round(share * 100);

/** What was noticed in a conversation, and what is with its recording. */
export function Found({ conversation, t }: { conversation: ConversationView; t: Translate }) {
  const { words, wordLevel, warnings, screenshots, abnormal, held, second, recording, attention, attentionReasons } = conversation;
  const reasons = attentionReasons.map((reason) => t(`transcripts.attention.reasons.${reason}`)).join('、');
  return (
    <span className="found-tags">
      {attention && (
        <Tooltip title={reasons}>
          <Tag color="magenta" data-testid="needs-attention" data-reasons={attentionReasons.join(',')}>
            {t('transcripts.attention.label')}
          </Tag>
        </Tooltip>
      )}
      {abnormal > 0 && <Tag color="red">{t('relistening.abnormal')}</Tag>}
      {words > 0 && <Tag color={wordLevel >= 3 ? 'red' : 'orange'}>{t('relistening.words', { count: words })}</Tag>}
      {warnings > 0 && <Tag color="orange">{t('relistening.warnings', { count: warnings })}</Tag>}
      {screenshots > 0 && <Tag color="gold">{t('relistening.screenshots', { count: screenshots })}</Tag>}
      {attentionReasons
        .filter((reason) => reason === 'foreign' || reason === 'gap')
        .map((reason) => (
          <Tag key={reason} color="volcano">
            {t(`transcripts.attention.reasons.${reason}`)}
          </Tag>
        ))}
      {held && <Tag color="purple">{t('relistening.held')}</Tag>}
      {second === 'due' && <Tag color="cyan">{t('relistening.second')}</Tag>}
      {second === 'done' && <Tag>{t('relistening.secondDone')}</Tag>}
      {recording !== 'ready' && <Tag color={recording === 'failed' ? 'red' : 'default'}>{t(`relistening.recordings.${recording}`)}</Tag>}
    </span>
  );
}

export const conversationColumns = (
  t: Translate,
  onListen: (conversation: ConversationView) => void,
): TableColumnsType<ConversationView> => [
  {
    title: t('relistening.time'),
    key: 'time',
    width: 104,
    render: (_, { startedAt, kind }) => (
      <>
        <span className="digits">
          {dayOf(startedAt).slice(5)} {clockOf(startedAt)}
        </span>
        <br />
        <small className="muted">{t(`relistening.kinds.${kind}`)}</small>
      </>
    ),
  },
  {
    title: t('relistening.duration'),
    dataIndex: 'durationMs',
    width: 66,
    render: (ms: number) => <span className="digits">{formatDuration(ms)}</span>,
  },
  {
    title: t('relistening.inmate'),
    key: 'inmate',
    width: 142,
    render: (_, { inmateName, inmateNumber, wardName }) => (
      <>
        <b>{inmateName}</b> {inmateNumber}
        <br />
        <small className="muted">{wardName}</small>
      </>
    ),
  },
  {
    title: t('relistening.family'),
    key: 'family',
    width: 88,
    render: (_, { familyName, relation }) => (
      <>
        {familyName}
        <br />
        <small className="muted">{relation}</small>
      </>
    ),
  },
  { title: t('relistening.found'), key: 'found', width: 168, render: (_, conversation) => <Found conversation={conversation} t={t} /> },
  {
    title: t('relistening.heard'),
    key: 'heard',
    width: 96,
    render: (_, { share, listening }) => (
      <Progress
        percent={percent(share)}
        size="small"
        {...(listening === 'done' ? { status: 'success' as const, format: () => t('relistening.listenings.done') } : {})}
      />
    ),
  },
  {
    title: t('relistening.assignee'),
    key: 'assignee',
    width: 132,
    render: (_, conversation) => <Whose conversation={conversation} t={t} />,
  },
  {
    key: 'act',
    width: 78,
    fixed: 'right',
    render: (_, conversation) => (
      <Button
        size="small"
        type="primary"
        ghost
        onClick={() => onListen(conversation)}
        disabled={conversation.recording === 'deleted'}
        data-testid="conversation-listen"
      >
        {t('relistening.listen')}
      </Button>
    ),
  },
];

/** What is due at midnight is to be done on the day before. */
const lastDay = (dueAt: string) => dayOf(new Date(Date.parse(dueAt) - 1).toISOString()).slice(5);

function Whose({ conversation, t }: { conversation: ConversationView; t: Translate }) {
  const { assignee, dueAt, overdue, doneBy, second, secondOfficer } = conversation;
  if (second === 'due') return <>{secondOfficer?.name ?? <span className="muted">{t('relistening.nobody')}</span>}</>;
  if (doneBy) return <span className="muted">{t('relistening.doneBy', { name: doneBy })}</span>;
  if (!dueAt) return <span className="muted">—</span>;
  return (
    <>
      {assignee?.name ?? <span className="muted">{t('relistening.nobody')}</span>}
      <br />
      <small className={overdue ? 'is-overdue' : 'muted'}>
        {t('relistening.dueAt', { time: lastDay(dueAt) })}
        {overdue && ` · ${t('relistening.overdue')}`}
      </small>
    </>
  );
}
