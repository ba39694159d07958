import type { MenuEntry, MenuLayout, MenuTarget, Subsystem } from '@qinqiao/contracts';
import { Form, Input, Radio, Select, Switch } from 'antd';
import type { ReactNode } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { PAGES } from '../layout/pages.ts';
import { freshId, outline, withDescendants } from './menu-edits.ts';

interface Opened {
  open: boolean;
  onClose: () => void;
}

function NameFields() {
  const t = useText();
  const required = { required: true, whitespace: true, message: t('common.required') };
  return (
    <>
      <Form.Item name="zh" label={t('settings.dictionaries.zh')} rules={[required]}>
        <Input maxLength={32} data-testid="menu-zh" />
      </Form.Item>
      <Form.Item name="en" label={t('settings.dictionaries.en')} rules={[required]}>
        <Input maxLength={48} data-testid="menu-en" />
      </Form.Item>
    </>
  );
}

/** A new subsystem, or other names of this one. */
export function SubsystemForm({
  subsystem,
  onSave,
  ...opened
}: Opened & { subsystem?: Subsystem; onSave: (subsystem: Subsystem) => void }) {
  const t = useText();
  const save = ({ zh, en }: Pick<Subsystem, 'zh' | 'en'>) =>
    Promise.resolve(onSave({ ...(subsystem ?? { id: freshId(), enabled: true }), zh: zh.trim(), en: en.trim() }));
  const title = t(subsystem ? 'settings.menus.editSubsystem' : 'settings.menus.addSubsystem');
  return (
    <FormModal<Pick<Subsystem, 'zh' | 'en'>>
      {...opened}
      title={title}
      onSave={save}
      saveText={t('common.confirm')}
      {...(subsystem ? { initial: subsystem } : {})}
    >
      <NameFields />
    </FormModal>
  );
}

interface EntryValues {
  zh: string;
  en: string;
  subsystemId: string;
  parentId: string | null;
  kind: MenuTarget['kind'];
  page?: string;
  url?: string;
  enabled: boolean;
}

interface EntryProps extends Opened {
  entry: MenuEntry | null;
  subsystemId: string;
  layout: MenuLayout;
  onSave: (entry: MenuEntry) => void;
}

const targetOf = ({ kind, page = '', url = '' }: EntryValues): MenuTarget => {
  if (kind === 'page') return { kind, page };
  return kind === 'link' ? { kind, url: url.trim() } : { kind };
};
/** The top of a subsystem in a select, which takes no null. */
const TOP = '';

/** A new entry of a subsystem, or a changed one. */
export function EntryForm({ entry, subsystemId, layout, onSave, ...opened }: EntryProps) {
  const t = useText();
  const [form] = Form.useForm<EntryValues>();
  const save = (values: EntryValues) => {
    const { zh, en, enabled, parentId } = values;
    const names = { zh: zh.trim(), en: en.trim() };
    const place = { subsystemId: values.subsystemId, parentId: parentId === TOP ? null : parentId };
    return Promise.resolve(onSave({ id: entry?.id ?? freshId(), ...names, ...place, target: targetOf(values), enabled }));
  };
  const initial: Partial<EntryValues> = entry
    ? { ...entry, parentId: entry.parentId ?? TOP, ...entry.target }
    : { subsystemId, parentId: TOP, kind: 'page', enabled: true };
  const title = t(entry ? 'settings.menus.editEntry' : 'settings.menus.addEntry');
  return (
    <FormModal<EntryValues>
      {...opened}
      form={form}
      title={title}
      initial={initial}
      onSave={save}
      saveText={t('common.confirm')}
      testId="entry-form"
    >
      <NameFields />
      <PlaceFields entry={entry} layout={layout} onMoved={() => form.setFieldValue('parentId', TOP)} />
      <TargetFields />
      <Form.Item name="enabled" label={t('settings.menus.on')} valuePropName="checked">
        <Switch />
      </Form.Item>
    </FormModal>
  );
}

function PlaceFields({ entry, layout, onMoved }: { entry: MenuEntry | null; layout: MenuLayout; onMoved: () => void }) {
  const t = useText();
  const language = useLanguage();
  const own = entry ? withDescendants(layout.entries, entry.id) : new Set<string>();
  const parents = (subsystemId: string) => [
    { value: TOP, label: t('settings.menus.top') },
    ...outline(layout, subsystemId)
      .filter(({ entry: one, depth }) => one.target.kind === 'group' && depth < 2 && !own.has(one.id))
      .map(({ entry: one, depth }) => ({ value: one.id, label: `${'　'.repeat(depth)}${one[language]}` })),
  ];
  return (
    <>
      <Form.Item name="subsystemId" label={t('settings.menus.subsystem')}>
        <Select options={layout.subsystems.map((one) => ({ value: one.id, label: one[language] }))} onChange={onMoved} />
      </Form.Item>
      <Form.Item noStyle dependencies={['subsystemId']}>
        {({ getFieldValue }) => (
          <Form.Item name="parentId" label={t('settings.menus.parent')}>
            <Select options={parents(getFieldValue('subsystemId') as string)} />
          </Form.Item>
        )}
      </Form.Item>
    </>
  );
}

function TargetFields() {
  const t = useText();
  const kinds = (['page', 'link', 'group'] as const).map((value) => ({ value, label: t(`settings.menus.kinds.${value}`) }));
  const pages = PAGES.filter(({ hidden }) => !hidden).map(({ key }) => ({ value: key, label: t(`nav.${key}`) }));
  const required = { required: true, message: t('common.required') };
  const fields: Record<MenuTarget['kind'], ReactNode> = {
    group: null,
    page: (
      <Form.Item name="page" label={t('settings.menus.page')} rules={[required]}>
        <Select showSearch optionFilterProp="label" options={pages} data-testid="menu-page" />
      </Form.Item>
    ),
    link: (
      <Form.Item
        name="url"
        label={t('settings.menus.url')}
        extra={t('settings.menus.urlHint')}
        rules={[required, { pattern: /^(https?:\/\/|\/(?!\/))\S+$/i, message: t('settings.menus.urlHint') }]}
      >
        <Input maxLength={300} data-testid="menu-url" />
      </Form.Item>
    ),
  };
  return (
    <>
      <Form.Item name="kind" label={t('settings.menus.target')}>
        <Radio.Group options={kinds} optionType="button" />
      </Form.Item>
      <Form.Item noStyle dependencies={['kind']}>
        {({ getFieldValue }) => fields[getFieldValue('kind') as MenuTarget['kind']] ?? null}
      </Form.Item>
    </>
  );
}
