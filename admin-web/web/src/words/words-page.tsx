import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import type { RestInput, Word } from '@qinqiao/contracts';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Empty, Form, Input, Popconfirm, Select, Table, type TableColumnsType, Tag } from 'antd';
import type { HTMLAttributes } from 'react';
import { useMemo } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { LoadMore } from '../components/load-more.tsx';
import { useAct } from '../components/use-act.ts';
import { useText } from '../i18n/index.ts';
import { LEVELS, LevelTag } from './level-tag.tsx';
import { api } from '../session/api.ts';

const KEY = ['words'];

export function WordsPage() {
  const t = useText();
  const words = useInfiniteQuery({
    queryKey: KEY,
    queryFn: ({ pageParam }) => api.listWords({ query: { limit: 50, cursor: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = useMemo(() => words.data?.pages.flatMap((page) => page.items) ?? [], [words.data]);
  return (
    <main className="page words">
      <div className="page-head">
        <h1>{t('words.title')}</h1>
        <Tag>{t('words.hint')}</Tag>
      </div>
      <AddWord />
      {words.isError && !words.data ? (
        <ErrorView error={words.error} onRetry={() => void words.refetch()} />
      ) : (
        <WordTable rows={rows} loading={words.isPending} />
      )}
      <LoadMore query={words} />
    </main>
  );
}

type NewWord = RestInput<'addWord'>['body'];

function AddWord() {
  const t = useText();
  const [form] = Form.useForm<NewWord>();
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const add = async (body: NewWord) => {
    const done = await act(() => api.addWord({ body }), t('words.added', { word: body.word.trim() }));
    if (!done) return;
    form.resetFields();
    form.getFieldInstance('word')?.focus?.();
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <Form<NewWord>
      form={form}
      layout="inline"
      className="panel words-add"
      initialValues={{ level: 2, note: '' }}
      onFinish={(body) => void add(body)}
    >
      <Form.Item
        name="word"
        rules={[
          { required: true, whitespace: true, message: t('words.required') },
          { max: 40, message: t('words.tooLong') },
        ]}
      >
        <Input placeholder={t('words.word')} aria-label={t('words.word')} style={{ width: 200 }} data-testid="word-input" />
      </Form.Item>
      <Form.Item name="level">
        <Select
          style={{ width: 120 }}
          aria-label={t('words.level')}
          data-testid="word-level"
          options={LEVELS.map((level) => ({ value: level, label: `${level} · ${t(`words.levels.level${level}`)}` }))}
        />
      </Form.Item>
      <Form.Item name="note" rules={[{ max: 200, message: t('words.noteTooLong') }]} className="words-note">
        <Input placeholder={t('words.note')} aria-label={t('words.note')} data-testid="word-note" />
      </Form.Item>
      <Button type="primary" htmlType="submit" icon={<PlusOutlined />} loading={busy} data-testid="word-add">
        {t('words.add')}
      </Button>
    </Form>
  );
}

const rowAttributes = (word: Word) => ({ 'data-testid': 'word-row', 'data-word': word.word }) as HTMLAttributes<HTMLElement>;

function WordTable({ rows, loading }: { rows: Word[]; loading: boolean }) {
  const t = useText();
  const columns = useMemo<TableColumnsType<Word>>(
    () => [
      { title: t('words.word'), dataIndex: 'word', width: 220, render: (word: string) => <b>{word}</b> },
      { title: t('words.level'), dataIndex: 'level', width: 140, render: (level: number) => <LevelTag level={level} named /> },
      { title: t('words.note'), dataIndex: 'note', ellipsis: true },
      { title: t('words.action'), key: 'action', width: 110, render: (_, word) => <RemoveWord word={word} /> },
    ],
    [t],
  );
  return (
    <Table
      rowKey="id"
      className="panel"
      size="middle"
      columns={columns}
      dataSource={rows}
      loading={loading}
      pagination={false}
      onRow={rowAttributes}
      locale={{ emptyText: loading ? ' ' : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('words.empty')} /> }}
    />
  );
}

function RemoveWord({ word }: { word: Word }) {
  const t = useText();
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const remove = async () => {
    await act(() => api.deleteWord({ params: { id: word.id } }), t('words.removed', { word: word.word }));
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <Popconfirm
      title={t('words.removeTitle', { word: word.word })}
      description={t('words.removeText')}
      okText={t('words.remove')}
      okButtonProps={{ danger: true, 'data-testid': 'word-delete-confirm' }}
      onConfirm={() => void remove()}
    >
      <Button size="small" danger type="text" icon={<DeleteOutlined />} loading={busy} data-testid="word-delete">
        {t('words.remove')}
      </Button>
    </Popconfirm>
  );
}
