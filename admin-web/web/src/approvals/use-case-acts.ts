import { errorText } from '@qinqiao/client-sdk';
import { type BatchResult, QinqiaoError, type RestInput, type TaskView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { createElement } from 'react';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { APPROVALS } from './keys.ts';

type BatchDecision = RestInput<'decideTasks'>['body']['decision'];

/** Decides several tasks alike and says what came of each that failed. */
export function useBatch() {
  const t = useText();
  const language = useLanguage();
  const { message, modal } = App.useApp();
  const queries = useQueryClient();
  const tell = (tasks: readonly TaskView[], items: readonly BatchResult[]) => {
    const failed = items.flatMap((item) => (item.ok ? [] : [item]));
    const done = items.length - failed.length;
    if (failed.length === 0) {
      message.success(t('approvals.todo.batchDone', { count: done }));
      return;
    }
    const titles = new Map(tasks.map(({ caseId, title }) => [caseId, title]));
    const lines = failed.map(({ caseId, error }) =>
      createElement('li', { key: caseId }, `${titles.get(caseId) ?? caseId}：${errorText(QinqiaoError.fromBody(error), language)}`),
    );
    const content = [
      createElement('p', { key: 'head' }, t('approvals.todo.batchSome', { done, failed: failed.length })),
      createElement('ul', { key: 'list' }, lines),
    ];
    modal.warning({ title: t('approvals.todo.batchTitle'), content, width: 560 });
  };
  return async (tasks: readonly TaskView[], decision: BatchDecision) => {
    const cases = tasks.map(({ caseId, version }) => ({ caseId, version }));
    const { items } = await api.decideTasks({ body: { cases, decision } });
    await queries.invalidateQueries({ queryKey: APPROVALS });
    tell(tasks, items);
  };
}
