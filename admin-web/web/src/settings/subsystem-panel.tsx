import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  DeleteOutlined,
  EditOutlined,
  FolderOutlined,
  LinkOutlined,
  PlusOutlined,
} from '@ant-design/icons';
import type { MenuEntry, MenuLayout } from '@qinqiao/contracts';
import { Button, Popconfirm, Space, Switch, Tag } from 'antd';
import { type ReactNode, useState } from 'react';
import { useLanguage, useText } from '../i18n/index.ts';
import { PAGES } from '../layout/pages.ts';
import { moveEntry, outline, putEntry, removeEntry } from './menu-edits.ts';
import { EntryForm, SubsystemForm } from './menu-forms.tsx';

interface Props {
  index: number;
  layout: MenuLayout;
  onChange: (layout: MenuLayout) => void;
}

/** One subsystem with its entries. */
export function SubsystemPanel({ index, layout, onChange }: Props) {
  const t = useText();
  const [editing, setEditing] = useState<MenuEntry | null>(null);
  const [open, setOpen] = useState(false);
  const subsystem = layout.subsystems[index];
  if (!subsystem) return null;
  const rows = outline(layout, subsystem.id);
  const show = (entry: MenuEntry | null) => {
    setEditing(entry);
    setOpen(true);
  };
  return (
    <section className="panel menu-subsystem" data-testid="subsystem" data-id={subsystem.id}>
      <SubsystemHead index={index} layout={layout} onChange={onChange} onAdd={() => show(null)} />
      {rows.length === 0 && <div className="menu-empty">{t('settings.menus.emptySubsystem')}</div>}
      {rows.map(({ entry, depth }) => (
        <EntryRow key={entry.id} entry={entry} depth={depth} layout={layout} onChange={onChange} onEdit={() => show(entry)} />
      ))}
      <EntryForm
        open={open}
        onClose={() => setOpen(false)}
        entry={editing}
        subsystemId={subsystem.id}
        layout={layout}
        onSave={(entry) => onChange(putEntry(layout, entry))}
      />
    </section>
  );
}

function SubsystemHead({ index, layout, onChange, onAdd }: Props & { onAdd: () => void }) {
  const t = useText();
  const language = useLanguage();
  const [renaming, setRenaming] = useState(false);
  const { subsystems } = layout;
  const subsystem = subsystems[index];
  if (!subsystem) return null;
  const put = (next: typeof subsystem) => onChange({ ...layout, subsystems: subsystems.map((one) => (one.id === next.id ? next : one)) });
  const move = (step: -1 | 1) => onChange({ ...layout, subsystems: subsystems.toSpliced(index, 1).toSpliced(index + step, 0, subsystem) });
  const remove = () =>
    onChange({
      subsystems: subsystems.filter(({ id }) => id !== subsystem.id),
      entries: layout.entries.filter(({ subsystemId }) => subsystemId !== subsystem.id),
    });
  return (
    <div className="menu-head">
      <b>{subsystem[language]}</b>
      <Switch
        size="small"
        checked={subsystem.enabled}
        aria-label={`${t('settings.menus.on')} ${subsystem[language]}`}
        onChange={(enabled) => put({ ...subsystem, enabled })}
        data-testid="subsystem-enabled"
      />
      {!subsystem.enabled && <Tag>{t('settings.menus.off')}</Tag>}
      <span className="page-head-space" />
      <Tools
        name={subsystem[language]}
        first={index === 0}
        last={index === subsystems.length - 1}
        onMove={move}
        onRemove={remove}
        onEdit={() => setRenaming(true)}
      />
      <Button size="small" icon={<PlusOutlined />} onClick={onAdd} data-testid="entry-add">
        {t('settings.menus.addEntry')}
      </Button>
      <SubsystemForm open={renaming} onClose={() => setRenaming(false)} subsystem={subsystem} onSave={put} />
    </div>
  );
}

interface RowProps {
  entry: MenuEntry;
  depth: number;
  layout: MenuLayout;
  onChange: (layout: MenuLayout) => void;
  onEdit: () => void;
}

const ICONS: Record<MenuEntry['target']['kind'], ReactNode> = { group: <FolderOutlined />, link: <LinkOutlined />, page: null };

function EntryRow({ entry, depth, layout, onChange, onEdit }: RowProps) {
  const t = useText();
  const language = useLanguage();
  const siblings = layout.entries.filter((one) => one.subsystemId === entry.subsystemId && one.parentId === entry.parentId);
  const place = siblings.findIndex(({ id }) => id === entry.id);
  const { target } = entry;
  const isGone = target.kind === 'page' && !PAGES.some(({ key }) => key === target.page);
  return (
    <div className={entry.enabled ? 'menu-row' : 'menu-row off'} style={{ paddingInlineStart: 16 + depth * 28 }} data-testid="menu-entry">
      {ICONS[target.kind]}
      <span>{entry[language]}</span>
      {target.kind === 'link' && <code className="muted">{target.url}</code>}
      {isGone && <Tag color="error">{t('settings.menus.unknownPage')}</Tag>}
      {!entry.enabled && <Tag>{t('settings.menus.off')}</Tag>}
      <span className="page-head-space" />
      <Switch
        size="small"
        checked={entry.enabled}
        aria-label={`${t('settings.menus.on')} ${entry[language]}`}
        onChange={(enabled) => onChange(putEntry(layout, { ...entry, enabled }))}
      />
      <Tools
        name={entry[language]}
        first={place === 0}
        last={place === siblings.length - 1}
        onMove={(step) => onChange(moveEntry(layout, entry, step))}
        onRemove={() => onChange(removeEntry(layout, entry.id))}
        onEdit={onEdit}
      />
    </div>
  );
}

interface ToolsProps {
  name: string;
  first: boolean;
  last: boolean;
  onMove: (step: -1 | 1) => void;
  onRemove: () => void;
  onEdit: () => void;
}

function Tools({ name, first, last, onMove, onRemove, onEdit }: ToolsProps) {
  const t = useText();
  const button = { type: 'text' as const, size: 'small' as const };
  return (
    <Space size={0}>
      <Button
        {...button}
        disabled={first}
        icon={<ArrowUpOutlined />}
        aria-label={`${t('settings.dictionaries.up')} ${name}`}
        onClick={() => onMove(-1)}
      />
      <Button
        {...button}
        disabled={last}
        icon={<ArrowDownOutlined />}
        aria-label={`${t('settings.dictionaries.down')} ${name}`}
        onClick={() => onMove(1)}
      />
      <Button {...button} icon={<EditOutlined />} aria-label={`${t('common.edit')} ${name}`} onClick={onEdit} />
      <Popconfirm title={t('settings.menus.removeTitle', { name })} description={t('settings.menus.removeText')} onConfirm={onRemove}>
        <Button {...button} danger icon={<DeleteOutlined />} aria-label={`${t('common.remove')} ${name}`} />
      </Popconfirm>
    </Space>
  );
}
