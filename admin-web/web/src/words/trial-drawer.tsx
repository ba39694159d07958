import { LONGEST_TRIAL, type RestOutput, type WordFind } from '@qinqiao/contracts';
import { Alert, Button, Drawer, Form, Input, Select, Table, type TableColumnsType, Tag } from 'antd';
import { useState } from 'react';
import { useAct } from '../components/use-act.ts';
import { type Translate, useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';
import { useDictionary } from '../settings/use-dictionary.ts';
import { LevelTag } from './level-tag.tsx';
import { pieces } from './pieces.ts';

interface Props {
  open: boolean;
  onClose: () => void;
}
interface Tried {
  text: string;
  answer: RestOutput<'tryWords'>;
}

/** What would this text hit in a prison now? */
export function TrialDrawer({ open, onClose }: Props) {
  const t = useText();
  const { prisons } = usePlaces();
  const { busy, act } = useAct();
  const [prison, setPrison] = useState<string | null>(null);
  const [text, setText] = useState('');
  const [tried, setTried] = useState<Tried | null>(null);
  const prisonId = prison ?? prisons[0]?.value ?? '';
  const run = () => act(async () => setTried({ text, answer: await api.tryWords({ body: { prisonId, text } }) }));
  return (
    <Drawer title={t('words.trial.title')} open={open} onClose={onClose} size={720} data-testid="trial-drawer">
      <Form layout="vertical">
        <Form.Item label={t('words.trial.prison')}>
          <Select options={prisons} value={prisonId} onChange={setPrison} optionFilterProp="label" showSearch data-testid="trial-prison" />
        </Form.Item>
        <Form.Item label={t('words.trial.text')}>
          <Input.TextArea
            value={text}
            maxLength={LONGEST_TRIAL}
            autoSize={{ minRows: 4, maxRows: 10 }}
            onChange={({ target }) => setText(target.value)}
            data-testid="trial-text"
          />
        </Form.Item>
        <Button
          type="primary"
          loading={busy}
          disabled={text.trim() === '' || prisonId === ''}
          onClick={() => void run()}
          data-testid="trial-run"
        >
          {t('words.trial.run')}
        </Button>
      </Form>
      {tried && <Result t={t} {...tried} />}
    </Drawer>
  );
}

function Result({ t, text, answer: { finds, foreign, words } }: Tried & { t: Translate }) {
  const hits = finds.filter(({ verdict }) => verdict === 'hit').length;
  const count = finds.length === 0 ? t('words.trial.none', { words }) : t('words.trial.count', { hits, kept: finds.length - hits, words });
  return (
    <div className="word-trial-result" data-testid="trial-result">
      <p className="muted" data-testid="trial-count">
        {count}
      </p>
      {foreign && <Alert type="warning" showIcon title={t('words.trial.foreign')} />}
      <p className="word-trial-text">
        {pieces(text, finds).map(({ from, text: part, level, kept }) => (
          <span key={from} className={level > 0 ? `word-hit word-hit-${level}` : kept ? 'word-kept' : undefined}>
            {part}
          </span>
        ))}
      </p>
      {finds.length > 0 && <Finds t={t} text={text} finds={finds} />}
    </div>
  );
}

function Finds({ t, text, finds }: { t: Translate; text: string; finds: WordFind[] }) {
  const categories = useDictionary('word_category');
  const columns: TableColumnsType<WordFind> = [
    { title: t('words.trial.found'), key: 'found', render: (_, { offset, length }) => <b>{text.slice(offset, offset + length)}</b> },
    { title: t('words.word'), dataIndex: 'word' },
    { title: t('words.category'), dataIndex: 'category', render: (code: string) => (code ? categories.nameOf(code) : '—') },
    { title: t('words.level'), dataIndex: 'level', render: (level: number) => <LevelTag level={level} /> },
    { title: t('words.trial.how'), dataIndex: 'match', render: (match: WordFind['match']) => t(`words.trial.matches.${match}`) },
    { title: t('words.trial.verdict'), key: 'verdict', render: (_, find) => <Verdict t={t} find={find} /> },
  ];
  return (
    <Table<WordFind>
      size="small"
      rowKey={({ wordId, offset }) => `${wordId} ${offset}`}
      columns={columns}
      dataSource={finds}
      pagination={finds.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
      scroll={{ x: 'max-content' }}
      onRow={() => ({ 'data-testid': 'trial-find' }) as object}
    />
  );
}

const COLOURS = { hit: 'red', excused: 'default', not_near: 'default' } as const;
const WHY = { hit: 'words.trial.byNear', excused: 'words.trial.byException', not_near: 'words.trial.missing' } as const;

function Verdict({ t, find: { verdict, rule } }: { t: Translate; find: WordFind }) {
  return (
    <>
      <Tag color={COLOURS[verdict]}>{t(`words.trial.verdicts.${verdict}`)}</Tag>
      {rule !== null && <small className="muted">{t(WHY[verdict], { rule })}</small>}
    </>
  );
}
