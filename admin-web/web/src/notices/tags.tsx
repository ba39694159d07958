import { NOTICE_EVENTS, NOTICE_PROBLEMS, type NoticeEvent, type NoticeProblem, type NoticeState } from '@qinqiao/contracts';
import { Tag } from 'antd';
import { useLanguage, useText } from '../i18n/index.ts';

const COLOURS: Record<NoticeState, string> = { waiting: 'blue', sent: 'green', failed: 'red', skipped: 'default' };

export function NoticeStateTag({ state }: { state: NoticeState }) {
  const t = useText();
  return <Tag color={COLOURS[state]}>{t(`notices.states.${state}`)}</Tag>;
}

export const EventName = ({ event }: { event: NoticeEvent }) => <>{NOTICE_EVENTS[event][useLanguage()]}</>;
export const ProblemText = ({ problem }: { problem: NoticeProblem }) => <>{NOTICE_PROBLEMS[problem][useLanguage()]}</>;
