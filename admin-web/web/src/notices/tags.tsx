import {
  NOTICE_EVENTS,
  NOTICE_PROBLEMS,
  type NoticeEvent,
  type NoticeProblem,
  type NoticeState,
  type NoticeView,
} from '@qinqiao/contracts';
import { Tag } from 'antd';
import { useLanguage, useText } from '../i18n/index.ts';

const COLOURS: Record<NoticeState, string> = { waiting: 'blue', sent: 'green', failed: 'red', skipped: 'default' };

/** What no provider carried was not sent, only listed. */
export function NoticeStateTag({ notice: { state, provider } }: { notice: Pick<NoticeView, 'state' | 'provider'> }) {
  const t = useText();
  if (state === 'sent' && provider === 'local') return <Tag>{t('notices.recorded')}</Tag>;
  return <Tag color={COLOURS[state]}>{t(`notices.states.${state}`)}</Tag>;
}

export const EventName = ({ event }: { event: NoticeEvent }) => <>{NOTICE_EVENTS[event][useLanguage()]}</>;
export const ProblemText = ({ problem }: { problem: NoticeProblem }) => <>{NOTICE_PROBLEMS[problem][useLanguage()]}</>;
