import { DeleteOutlined, EditOutlined } from '@ant-design/icons';
import type { WordState, WordView } from '@qinqiao/contracts';
import { Button, Popconfirm, type TableColumnsType, Tag, Tooltip } from 'antd';
import dayjs from 'dayjs';
import { type Translate, useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { useDictionary } from '../settings/use-dictionary.ts';
import { LevelTag } from './level-tag.tsx';

interface Acts {
  mayEdit: boolean;
  onEdit: (word: WordView) => void;
  onRemove: (word: WordView) => void;
}

const STATE_COLOURS: Record<WordState, string> = { valid: 'green', waiting: 'blue', over: 'default', off: 'default' };

export function stateOf({ enabled, validFrom, validTo }: WordView): WordState {
  const today = dayjs().format('YYYY-MM-DD');
  if (!enabled) return 'off';
  if (validFrom !== null && validFrom > today) return 'waiting';
  return validTo !== null && validTo < today ? 'over' : 'valid';
}

export function useWordColumns(acts: Acts): TableColumnsType<WordView> {
  const t = useText();
  const categories = useDictionary('word_category');
  const { prisons } = usePlaces();
  const nameOf = (id: string) => prisons.find(({ value }) => value === id)?.label ?? id;
  return [
    { title: t('words.word'), dataIndex: 'word', width: 120, render: (word: string) => <b data-testid="word-text">{word}</b> },
    { title: t('words.level'), dataIndex: 'level', width: 130, render: (level: number) => <LevelTag level={level} named /> },
    { title: t('words.category'), dataIndex: 'category', width: 130, render: (code: string) => (code ? categories.nameOf(code) : '—') },
    { title: t('words.note'), dataIndex: 'note', ellipsis: true, width: 130 },
    { title: t('words.rules'), key: 'rules', width: 190, render: (_, word) => <Rules t={t} word={word} /> },
    {
      title: t('words.prisons'),
      dataIndex: 'prisonIds',
      width: 130,
      ellipsis: true,
      render: (ids: string[]) => (ids.length === 0 ? t('words.allPrisons') : ids.map(nameOf).join('、')),
    },
    {
      title: t('words.state'),
      key: 'state',
      width: 150,
      render: (_, word) => (
        <Tooltip title={validity(t, word)}>
          <Tag color={STATE_COLOURS[stateOf(word)]}>{t(`words.states.${stateOf(word)}`)}</Tag>
          {(word.validFrom ?? word.validTo) && (
            <small className="muted">{word.validTo ? t('words.until', { day: word.validTo }) : ''}</small>
          )}
        </Tooltip>
      ),
    },
    ...(acts.mayEdit
      ? [
          {
            title: t('words.action'),
            key: 'action',
            width: 110,
            fixed: 'right' as const,
            render: (_: unknown, word: WordView) => <RowActs word={word} {...acts} />,
          },
        ]
      : []),
  ];
}

function validity(t: Translate, { validFrom, validTo }: WordView): string {
  const parts = [validFrom && t('words.since', { day: validFrom }), validTo && t('words.until', { day: validTo })].filter(Boolean);
  return parts.length === 0 ? t('words.always') : parts.join(' ');
}

function Rules({ t, word: { homophones, near, exceptions } }: { t: Translate; word: WordView }) {
  const listed = near.map(({ text, within }) => `${text}(${within})`).join('、');
  return (
    <span className="word-rules">
      <Tag {...(homophones === 'wide' ? { color: 'orange' } : {})}>{t(`words.homophoneModes.${homophones}`)}</Tag>
      {near.length > 0 && (
        <Tooltip title={listed}>
          <Tag color="cyan">{t('words.nearCount', { count: near.length })}</Tag>
        </Tooltip>
      )}
      {exceptions.length > 0 && (
        <Tooltip title={exceptions.join('、')}>
          <Tag color="purple">{t('words.exceptionCount', { count: exceptions.length })}</Tag>
        </Tooltip>
      )}
    </span>
  );
}

function RowActs({ word, onEdit, onRemove }: Acts & { word: WordView }) {
  const t = useText();
  if (!word.mayEdit) return <small className="muted">{t('words.readOnly')}</small>;
  return (
    <>
      <Button
        size="small"
        type="text"
        icon={<EditOutlined />}
        onClick={() => onEdit(word)}
        aria-label={t('words.edit')}
        data-testid="word-edit"
      />
      <Popconfirm
        title={t('words.removeTitle', { word: word.word })}
        description={t('words.removeText')}
        okText={t('words.remove')}
        okButtonProps={{ danger: true, 'data-testid': 'word-delete-confirm' }}
        onConfirm={() => onRemove(word)}
      >
        <Button size="small" danger type="text" icon={<DeleteOutlined />} aria-label={t('words.remove')} data-testid="word-delete" />
      </Popconfirm>
    </>
  );
}
