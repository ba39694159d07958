import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons';
import type { Dictionary, DictionaryEntry } from '@qinqiao/contracts';
import { Button, Popconfirm, Space, Switch, Table, type TableColumnsType, Tag, Tooltip } from 'antd';
import { type HTMLAttributes, useState } from 'react';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { DictionaryForm, EntryForm } from './dictionary-form.tsx';
import { useDictionaryEdit } from './use-dictionary.ts';

/** One dictionary: its name and its entries, in the order in which they are offered. */
export function DictionaryPanel({ dictionary, onGone }: { dictionary: Dictionary; onGone: () => void }) {
  const t = useText();
  const [editing, setEditing] = useState<DictionaryEntry | null>(null);
  const [open, setOpen] = useState<'entry' | 'name' | null>(null);
  const show = (entry: DictionaryEntry | null) => {
    setEditing(entry);
    setOpen('entry');
  };
  return (
    <section className="panel">
      <PanelHead dictionary={dictionary} onGone={onGone} onRename={() => setOpen('name')} onAdd={() => show(null)} />
      <Table<DictionaryEntry>
        size="middle"
        rowKey="code"
        columns={useColumns(dictionary, show)}
        dataSource={dictionary.entries}
        pagination={false}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: t('settings.dictionaries.empty') }}
        onRow={(entry) => ({ 'data-testid': 'dictionary-entry', 'data-code': entry.code }) as HTMLAttributes<HTMLElement>}
      />
      <EntryForm dictionary={dictionary} entry={editing} open={open === 'entry'} onClose={() => setOpen(null)} />
      <DictionaryForm dictionary={dictionary} open={open === 'name'} onClose={() => setOpen(null)} />
    </section>
  );
}

interface HeadProps {
  dictionary: Dictionary;
  onGone: () => void;
  onRename: () => void;
  onAdd: () => void;
}

function PanelHead({ dictionary, onGone, onRename, onAdd }: HeadProps) {
  const t = useText();
  const language = useLanguage();
  const { edit } = useDictionaryEdit();
  const { code, version, builtIn, entries } = dictionary;
  const remove = async () => {
    if (await edit(() => api.deleteDictionary({ params: { code }, query: { version } }))) onGone();
  };
  return (
    <div className="dictionary-head">
      <b>{dictionary[language]}</b>
      <code className="muted">{code}</code>
      {builtIn && <Tag>{t('settings.dictionaries.builtIn')}</Tag>}
      <span className="muted">{t('settings.dictionaries.count', { count: entries.length })}</span>
      <span className="page-head-space" />
      {!builtIn && !entries.some(({ used }) => used) && (
        <Popconfirm
          title={t('settings.dictionaries.removeTitle', { name: dictionary[language] })}
          description={t('settings.dictionaries.removeText')}
          onConfirm={() => void remove()}
        >
          <Button danger type="text" icon={<DeleteOutlined />}>
            {t('common.remove')}
          </Button>
        </Popconfirm>
      )}
      <Button icon={<EditOutlined />} onClick={onRename}>
        {t('settings.dictionaries.rename')}
      </Button>
      <Button type="primary" icon={<PlusOutlined />} onClick={onAdd} data-testid="entry-add">
        {t('settings.dictionaries.addEntry')}
      </Button>
    </div>
  );
}

function useColumns(dictionary: Dictionary, onEdit: (entry: DictionaryEntry) => void): TableColumnsType<DictionaryEntry> {
  const t = useText();
  const { busy, edit } = useDictionaryEdit();
  const { code, version } = dictionary;
  const enable = ({ code: entry, zh, en }: DictionaryEntry, enabled: boolean) =>
    edit(() => api.changeDictionaryEntry({ params: { code, entry }, body: { zh, en, enabled, version } }));
  return [
    { title: t('settings.dictionaries.code'), dataIndex: 'code', render: (text: string) => <code>{text}</code> },
    { title: t('settings.dictionaries.zh'), dataIndex: 'zh' },
    { title: t('settings.dictionaries.en'), dataIndex: 'en' },
    {
      title: t('settings.dictionaries.enabled'),
      key: 'enabled',
      width: 160,
      render: (_, entry) => (
        <Space>
          <Switch
            size="small"
            checked={entry.enabled}
            disabled={busy}
            aria-label={`${t('settings.dictionaries.enabled')} ${entry.zh}`}
            onChange={(enabled) => void enable(entry, enabled)}
            data-testid="entry-enabled"
          />
          {entry.used && <Tag>{t('settings.dictionaries.used')}</Tag>}
        </Space>
      ),
    },
    {
      title: t('common.actions'),
      key: 'actions',
      fixed: 'right',
      width: 160,
      render: (_, entry, index) => <EntryActions dictionary={dictionary} entry={entry} index={index} onEdit={() => onEdit(entry)} />,
    },
  ];
}

interface ActionsProps {
  dictionary: Dictionary;
  entry: DictionaryEntry;
  index: number;
  onEdit: () => void;
}

function EntryActions({ dictionary: { code, version, entries }, entry, index, onEdit }: ActionsProps) {
  const t = useText();
  const language = useLanguage();
  const { busy, edit } = useDictionaryEdit();
  const move = (step: -1 | 1) => {
    const codes = entries.map((one) => one.code);
    codes.splice(index, 1);
    codes.splice(index + step, 0, entry.code);
    return edit(() => api.orderDictionary({ params: { code }, body: { codes, version } }));
  };
  const remove = () => edit(() => api.deleteDictionaryEntry({ params: { code, entry: entry.code }, query: { version } }));
  const keeps = entry.builtIn || entry.used;
  const button = { type: 'text' as const, size: 'small' as const, disabled: busy };
  return (
    <Space size={0}>
      <Button
        {...button}
        disabled={busy || index === 0}
        icon={<ArrowUpOutlined />}
        aria-label={t('settings.dictionaries.up')}
        onClick={() => void move(-1)}
      />
      <Button
        {...button}
        disabled={busy || index === entries.length - 1}
        icon={<ArrowDownOutlined />}
        aria-label={t('settings.dictionaries.down')}
        onClick={() => void move(1)}
      />
      <Button {...button} icon={<EditOutlined />} aria-label={t('common.edit')} onClick={onEdit} />
      <Popconfirm
        disabled={keeps}
        title={t('settings.dictionaries.removeTitle', { name: entry[language] })}
        description={t('settings.dictionaries.removeText')}
        onConfirm={() => void remove()}
      >
        <Tooltip title={keeps ? t('settings.dictionaries.keeps') : t('common.remove')}>
          <Button {...button} danger disabled={busy || keeps} icon={<DeleteOutlined />} aria-label={t('common.remove')} />
        </Tooltip>
      </Popconfirm>
    </Space>
  );
}
