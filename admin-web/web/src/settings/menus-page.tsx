import { PlusOutlined } from '@ant-design/icons';
import { type MenuLayout, type MenuView, QinqiaoError } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Popconfirm, Space, Tag } from 'antd';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { useAct } from '../components/use-act.ts';
import { i18n, useText } from '../i18n/index.ts';
import { builtInLayout } from '../layout/menu-layout.ts';
import { GROUPS, PAGES } from '../layout/pages.ts';
import { MENU_KEY } from '../layout/side-menu.tsx';
import { api } from '../session/api.ts';
import { SubsystemForm } from './menu-forms.tsx';
import { SubsystemPanel } from './subsystem-panel.tsx';
import './settings.css';

const names = (key: string) => ({ zh: i18n.getFixedT('zh')(key), en: i18n.getFixedT('en')(key) });

export function MenusPage() {
  const menu = useQuery({ queryKey: MENU_KEY, queryFn: () => api.getMenu() });
  if (menu.isError) return <ErrorView error={menu.error} onRetry={() => void menu.refetch()} />;
  if (!menu.data) return <PageLoading />;
  return <Editor stored={menu.data} />;
}

/** The layout as it is edited; without changes here, what is stored. */
function useEdited(stored: MenuView) {
  const [draft, setDraft] = useState<MenuView | null>(null);
  const { layout, version } = draft ?? stored;
  const dirty = JSON.stringify(layout) !== JSON.stringify(stored.layout) || version !== stored.version;
  const setLayout = (next: MenuLayout) => setDraft({ layout: next, version });
  return { layout, setLayout, version, dirty, forget: () => setDraft(null) };
}

function Editor({ stored }: { stored: MenuView }) {
  const t = useText();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const { busy, act } = useAct();
  const [adding, setAdding] = useState(false);
  const { layout, setLayout, version, dirty, forget } = useEdited(stored);
  const save = (next: MenuLayout) =>
    act(
      async () => {
        const saved = await api.setMenu({ body: { layout: next, version } });
        queries.setQueryData(MENU_KEY, saved);
        forget();
      },
      t('common.saved'),
      (error) => {
        if (!(error instanceof QinqiaoError) || error.code !== 'edit_conflict') return false;
        message.warning({ content: t('settings.menus.conflict'), duration: 6 });
        return true;
      },
    );
  const discard = async () => {
    forget();
    await queries.invalidateQueries({ queryKey: MENU_KEY });
  };
  const isEmpty = layout.subsystems.length === 0;
  const actions = (
    <Space>
      {dirty && <Button onClick={() => void discard()}>{t('settings.menus.discard')}</Button>}
      {!isEmpty && (
        <Popconfirm
          title={t('settings.menus.restoreTitle')}
          description={t('settings.menus.restoreText')}
          onConfirm={() => void save({ subsystems: [], entries: [] })}
        >
          <Button danger>{t('settings.menus.restore')}</Button>
        </Popconfirm>
      )}
      <Button icon={<PlusOutlined />} onClick={() => setAdding(true)} data-testid="subsystem-add">
        {t('settings.menus.addSubsystem')}
      </Button>
      <Button type="primary" disabled={!dirty} loading={busy} onClick={() => void save(layout)} data-testid="menu-save">
        {t('common.save')}
      </Button>
    </Space>
  );
  const hint = <Tag {...(dirty ? { color: 'warning' } : {})}>{t(dirty ? 'settings.menus.unsaved' : 'settings.menus.hint')}</Tag>;
  return (
    <PageFrame title={t('settings.menus.title')} hint={hint} actions={actions} testId="menus">
      {isEmpty ? <NoneYet onStart={() => setLayout(builtInLayout(PAGES, GROUPS, names))} /> : <Note />}
      {layout.subsystems.map((subsystem, index) => (
        <SubsystemPanel key={subsystem.id} index={index} layout={layout} onChange={setLayout} />
      ))}
      <SubsystemForm
        open={adding}
        onClose={() => setAdding(false)}
        onSave={(subsystem) => setLayout({ ...layout, subsystems: [...layout.subsystems, subsystem] })}
      />
    </PageFrame>
  );
}

function Note() {
  const t = useText();
  return <p className="muted">{t('settings.menus.note')}</p>;
}

function NoneYet({ onStart }: { onStart: () => void }) {
  const t = useText();
  const start = (
    <Button type="primary" onClick={onStart} data-testid="menu-start">
      {t('settings.menus.start')}
    </Button>
  );
  return <Alert type="info" showIcon title={t('settings.menus.builtInNow')} action={start} style={{ maxWidth: 1080, marginBottom: 16 }} />;
}
