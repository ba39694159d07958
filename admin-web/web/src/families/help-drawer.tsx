import type { HelpRecordThread } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Descriptions, Drawer, Input, Popconfirm, Space } from 'antd';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { momentOf } from '../components/format.ts';
import { PageLoading } from '../components/page-loading.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed, useOfficer } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { OfficerSelect } from '../people/officer-select.tsx';
import { api } from '../session/api.ts';
import { HelpTag } from './state-tag.tsx';

/** One question with what was written about it, and what the officer may do. */
export function HelpDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const t = useText();
  const found = useQuery({
    queryKey: ['question', id],
    queryFn: () => api.getQuestion({ params: { id: id ?? '' } }),
    enabled: id !== null,
    // Each look is recorded.
    refetchOnWindowFocus: false,
  });
  return (
    <Drawer
      open={id !== null}
      onClose={onClose}
      size={620}
      destroyOnHidden
      title={found.data?.title ?? t('families.help')}
      data-testid="help-drawer"
    >
      {found.isPending && <PageLoading />}
      {found.isError && <ErrorView error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Thread thread={found.data} />}
    </Drawer>
  );
}

function Thread({ thread }: { thread: HelpRecordThread }) {
  const t = useText();
  const items = [
    { label: t('families.family'), children: `${thread.familyName} ${thread.familyPhone}` },
    { label: t('families.unit'), children: thread.unitName },
    { label: t('families.state'), children: <HelpTag state={thread.state} /> },
    { label: t('families.asked'), children: momentOf(thread.askedAt) },
    { label: t('families.assignee'), children: thread.assigneeName ?? t('families.nobody') },
  ];
  return (
    <>
      <Descriptions column={1} size="small" bordered items={items.map((item) => ({ key: item.label, ...item }))} />
      <div className="families-thread">
        {thread.posts.map((post) => (
          <div key={post.id} className={`families-post families-post-${post.role}`} data-testid="help-post">
            <small>
              {post.name} · {momentOf(post.at)}
            </small>
            {post.text}
          </div>
        ))}
      </div>
      {thread.state !== 'closed' && <Acts thread={thread} />}
    </>
  );
}

function Acts({ thread }: { thread: HelpRecordThread }) {
  const t = useText();
  const queries = useQueryClient();
  const officer = useOfficer();
  const mayFindOfficers = useAllowed('officer.read');
  const { busy, act } = useAct();
  const [text, setText] = useState('');
  const { id, version } = thread;
  const done = (run: () => Promise<HelpRecordThread>) =>
    act(async () => {
      const fresh = await run();
      queries.setQueryData(['question', id], fresh);
      await queries.invalidateQueries({ queryKey: ['questions'] });
    }, t('families.done'));
  const answer = async (close: boolean) => {
    if (await done(() => api.answerQuestion({ params: { id }, body: { text, close, version } }))) setText('');
  };
  const assign = (officerId: string | null) => done(() => api.assignQuestion({ params: { id }, body: { officerId, version } }));
  const known = thread.assigneeId ? [{ value: thread.assigneeId, label: thread.assigneeName ?? '' }] : [];
  return (
    <Space orientation="vertical" className="families-acts" style={{ width: '100%' }}>
      <Input.TextArea
        value={text}
        onChange={(event) => setText(event.target.value)}
        maxLength={1000}
        showCount
        rows={4}
        placeholder={t('families.answerText')}
        data-testid="help-text"
      />
      <Space wrap>
        <Button type="primary" loading={busy} disabled={!text.trim()} onClick={() => void answer(false)} data-testid="help-answer">
          {t('families.answer')}
        </Button>
        <Button loading={busy} disabled={!text.trim()} onClick={() => void answer(true)} data-testid="help-answer-close">
          {t('families.answerAndClose')}
        </Button>
        <Popconfirm
          title={t('families.closeAsk')}
          onConfirm={() => void done(() => api.closeQuestion({ params: { id }, body: { version } }))}
        >
          <Button danger loading={busy} data-testid="help-close">
            {t('families.close')}
          </Button>
        </Popconfirm>
        {officer && thread.assigneeId !== officer.id && (
          <Button loading={busy} onClick={() => void assign(officer.id)} data-testid="help-mine">
            {t('families.assignToMe')}
          </Button>
        )}
      </Space>
      {mayFindOfficers && (
        <div>
          <span>{t('families.assign')}</span>{' '}
          <OfficerSelect value={thread.assigneeId} known={known} onChange={(chosen) => void assign(chosen)} />
        </div>
      )}
    </Space>
  );
}
