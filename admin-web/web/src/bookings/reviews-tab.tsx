import { ArrowDownOutlined, ArrowUpOutlined, PlusOutlined } from '@ant-design/icons';
import type { ReviewConditions, ReviewRuleView } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Popconfirm, Space, Table, type TableColumnsType, Tag } from 'antd';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { ReviewForm } from './review-form.tsx';
import { ReviewTry } from './review-try.tsx';

const COLOURS = { approve: 'green', refuse: 'red', officer: 'blue' } as const;

/** The prison's pre-review table (V08). */
export function ReviewsTab({ prisonId }: { prisonId: string }) {
  const t = useText();
  const queries = useQueryClient();
  const mayEdit = useAllowed('review.edit');
  const { act } = useAct();
  const [editing, setEditing] = useState<ReviewRuleView | 'new' | null>(null);
  const query = useQuery({ queryKey: ['review-rules', prisonId], queryFn: () => api.listReviewRules({ query: { prisonId } }) });
  const rules = query.data?.items ?? [];
  const changed = () => queries.invalidateQueries({ queryKey: ['review-rules'] });
  const remove = async (id: string) => {
    await api.removeReviewRule({ params: { id } });
    await changed();
  };
  const move = async (from: number, to: number) => {
    const ids = rules.map(({ id }) => id);
    ids.splice(to, 0, ...ids.splice(from, 1));
    await api.orderReviewRules({ body: { prisonId, ids } });
    await changed();
  };
  if (query.isError) return <ErrorView error={query.error} onRetry={() => void query.refetch()} />;
  const acts = {
    edit: setEditing,
    remove: (id: string) => void act(() => remove(id), t('bookings.removed')),
    move: (from: number, to: number) => void act(() => move(from, to)),
  };
  return (
    <>
      <Alert type="info" title={t('bookings.reviewHelp')} style={{ marginBottom: 12 }} />
      <div className="page-filters">
        <span className="page-head-space" />
        {mayEdit && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')} data-testid="review-add">
            {t('bookings.addReview')}
          </Button>
        )}
      </div>
      <Table<ReviewRuleView>
        className="panel"
        size="middle"
        rowKey="id"
        loading={query.isPending}
        dataSource={rules}
        pagination={false}
        scroll={{ x: 860 }}
        locale={{ emptyText: t('bookings.noReviews') }}
        columns={columnsOf(t, mayEdit, rules.length, acts)}
        onRow={() => ({ 'data-testid': 'review-row' }) as React.HTMLAttributes<HTMLElement>}
      />
      <ReviewTry />
      <ReviewForm prisonId={prisonId} editing={editing} onClose={() => setEditing(null)} onSaved={changed} />
    </>
  );
}

/** What a rule asks, each condition in words. */
export function conditionTexts(t: Translate, conditions: ReviewConditions): string[] {
  const { levels, keyControl, involved, relations, usedInMonth, missed, first, companions, minors, extra } = conditions;
  const yesNo = (label: string, value: boolean | undefined) =>
    value === undefined ? [] : [`${label}: ${t(value ? 'bookings.yes' : 'bookings.no')}`];
  const atLeast = (label: string, value: number | undefined) => (value === undefined ? [] : [`${label} ${value}`]);
  return [
    ...(levels?.length ? [levels.map((level) => t(`bookings.levels.${level}`)).join('/')] : []),
    ...(involved?.length ? [involved.map((flag) => t(`bookings.involvements.${flag}`)).join('/')] : []),
    ...(relations?.length ? [relations.join('/')] : []),
    ...yesNo(t('bookings.keyControl'), keyControl),
    ...atLeast(t('bookings.usedInMonth'), usedInMonth),
    ...atLeast(t('bookings.missed'), missed),
    ...yesNo(t('bookings.first'), first),
    ...atLeast(t('bookings.companionsAtLeast'), companions),
    ...yesNo(t('bookings.minors'), minors),
    ...yesNo(t('bookings.isExtra'), extra),
  ];
}

interface Acts {
  edit: (rule: ReviewRuleView) => void;
  remove: (id: string) => void;
  move: (from: number, to: number) => void;
}

const columnsOf = (t: Translate, mayEdit: boolean, count: number, acts: Acts): TableColumnsType<ReviewRuleView> => [
  { title: '#', key: 'no', width: 48, render: (_, __, index) => index + 1 },
  {
    title: t('bookings.reviewName'),
    key: 'name',
    width: 220,
    render: (_, { content }) => (
      <>
        <b>{content.name}</b> {!content.enabled && <Tag color="red">{t('bookings.disabled')}</Tag>}
      </>
    ),
  },
  {
    title: t('bookings.conditions'),
    key: 'conditions',
    render: (_, { content }) => (
      <>
        <Tag>{content.kinds.map((kind) => t(`bookings.kinds.${kind}`)).join('/') || t('bookings.anyKind')}</Tag>
        {conditionTexts(t, content.conditions).map((text) => (
          <Tag key={text}>{text}</Tag>
        ))}
      </>
    ),
  },
  {
    title: t('bookings.reviewDecision'),
    key: 'decision',
    width: 150,
    render: (_, { content }) => <Tag color={COLOURS[content.decision]}>{t(`bookings.decisions.${content.decision}`)}</Tag>,
  },
  {
    key: 'acts',
    width: 230,
    render: (_, rule, index) =>
      mayEdit && (
        <Space size={0}>
          <Button
            type="text"
            size="small"
            icon={<ArrowUpOutlined />}
            disabled={index === 0}
            onClick={() => acts.move(index, index - 1)}
            aria-label={t('bookings.up')}
          />
          <Button
            type="text"
            size="small"
            icon={<ArrowDownOutlined />}
            disabled={index === count - 1}
            onClick={() => acts.move(index, index + 1)}
            aria-label={t('bookings.down')}
          />
          <Button type="link" size="small" onClick={() => acts.edit(rule)}>
            {t('bookings.edit')}
          </Button>
          <Popconfirm title={t('bookings.removeAsk')} onConfirm={() => acts.remove(rule.id)}>
            <Button type="link" size="small" danger>
              {t('bookings.remove')}
            </Button>
          </Popconfirm>
        </Space>
      ),
  },
];
