import type { CallRuleContent, CallRuleView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Card, Tag } from 'antd';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { FormModal } from '../components/form-modal.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { fromValues, RuleFields, type RuleValues, toValues } from './rule-fields.tsx';

/** The prison's rule for each treatment level. */
export function RulesTab({ prisonId }: { prisonId: string }) {
  const t = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const mayEdit = useAllowed('callrule.edit');
  const [editing, setEditing] = useState<CallRuleView | null>(null);
  const query = useQuery({ queryKey: ['call-rules', prisonId], queryFn: () => api.listCallRules({ query: { prisonId } }) });
  if (query.isError) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <PageLoading />;
  const save = async ({ content }: { content: RuleValues }) => {
    if (!editing) return;
    await api.saveCallRule({ body: { prisonId, level: editing.level, version: editing.version, content: fromValues(content) } });
    await queries.invalidateQueries({ queryKey: ['call-rules'] });
    message.success(t('bookings.saved'));
  };
  return (
    <>
      <div className="rule-cards">
        {query.data.items.map((rule) => (
          <Card
            key={rule.level}
            size="small"
            title={t(`bookings.levels.${rule.level}`)}
            data-testid={`rule-${rule.level}`}
            extra={
              <>
                {rule.isDefault && <Tag>{t('bookings.default')}</Tag>}
                {mayEdit && (
                  <Button type="link" size="small" onClick={() => setEditing(rule)} data-testid="rule-edit">
                    {t('bookings.edit')}
                  </Button>
                )}
              </>
            }
          >
            <RuleSummary rule={rule.content} />
          </Card>
        ))}
      </div>
      <FormModal<{ content: RuleValues }>
        title={editing ? t(`bookings.levels.${editing.level}`) : ''}
        open={editing !== null}
        onClose={() => setEditing(null)}
        onSave={save}
        {...(editing ? { initial: { content: toValues(editing.content) } } : {})}
        width={640}
        testId="rule-form"
      >
        <RuleFields />
      </FormModal>
    </>
  );
}

/** One limit in words. */
export function limitText(t: Translate, { kinds, period, calls, minutes }: CallRuleContent['limits'][number]): string {
  const parts = [
    ...(calls === null ? [] : [`${t('bookings.calls')} ${calls}`]),
    ...(minutes === null ? [] : [`${minutes} ${t('bookings.minutes')}`]),
  ];
  const names = kinds.map((kind) => t(`bookings.kinds.${kind}`)).join('+');
  const which = t('common.bracketed', { text: names, more: t(`bookings.periods.${period}`) });
  return `${which}: ${parts.join(', ') || t('bookings.unlimited')}`;
}

/** A rule at a glance. */
export function RuleSummary({ rule }: { rule: CallRuleContent }) {
  const t = useText();
  const { longestMinutes, intervalDays, hours, specialDays } = rule;
  const perKind = (values: CallRuleContent['longestMinutes']) => `${values.video} / ${values.phone} / ${values.visit}`;
  const kinds = (['video', 'phone', 'visit'] as const).map((kind) => t(`bookings.kinds.${kind}`)).join(' / ');
  return (
    <dl>
      <dt>{t('bookings.limits')}</dt>
      {rule.limits.map((limit) => (
        <dd key={limitText(t, limit)}>{limitText(t, limit)}</dd>
      ))}
      <dt>{t('common.bracketed', { text: t('bookings.longest'), more: kinds })}</dt>
      <dd>{perKind(longestMinutes)}</dd>
      <dt>{t('bookings.interval')}</dt>
      <dd>{perKind(intervalDays)}</dd>
      {hours.length > 0 && (
        <>
          <dt>{t('bookings.hours')}</dt>
          <dd>{hours.map(({ from, to }) => `${from}–${to}`).join(', ')}</dd>
        </>
      )}
      {specialDays.length > 0 && (
        <>
          <dt>{t('bookings.specialDays')}</dt>
          <dd>{specialDays.map(({ date, name }) => `${name} ${date}`).join(', ')}</dd>
        </>
      )}
    </dl>
  );
}
