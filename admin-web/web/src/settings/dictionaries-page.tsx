import { PlusOutlined } from '@ant-design/icons';
import type { Dictionary } from '@qinqiao/contracts';
import { useQuery } from '@tanstack/react-query';
import { Button, Menu, Tag } from 'antd';
import { useState } from 'react';
import { ErrorView } from '../components/error-view.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { PageLoading } from '../components/page-loading.tsx';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { DictionaryForm } from './dictionary-form.tsx';
import { DictionaryPanel } from './dictionary-panel.tsx';
import { DICTIONARIES_KEY } from './use-dictionary.ts';
import './settings.css';

export function DictionariesPage() {
  const t = useText();
  const [code, setCode] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const dictionaries = useQuery({ queryKey: DICTIONARIES_KEY, queryFn: () => api.listDictionaries() });
  if (dictionaries.isError) return <ErrorView error={dictionaries.error} onRetry={() => void dictionaries.refetch()} />;
  if (!dictionaries.data) return <PageLoading />;
  const { items } = dictionaries.data;
  const chosen = items.find((one) => one.code === code) ?? items[0];
  const add = (
    <Button icon={<PlusOutlined />} onClick={() => setAdding(true)} data-testid="dictionary-add">
      {t('settings.dictionaries.add')}
    </Button>
  );
  return (
    <PageFrame
      title={t('settings.dictionaries.title')}
      hint={<Tag>{t('settings.dictionaries.hint')}</Tag>}
      actions={add}
      testId="dictionaries"
    >
      <div className="dictionaries">
        <DictionaryList items={items} chosen={chosen} onChoose={setCode} />
        {chosen && <DictionaryPanel dictionary={chosen} onGone={() => setCode(null)} />}
      </div>
      <DictionaryForm open={adding} onClose={() => setAdding(false)} onAdded={setCode} />
    </PageFrame>
  );
}

interface ListProps {
  items: Dictionary[];
  chosen: Dictionary | undefined;
  onChoose: (code: string) => void;
}

function DictionaryList({ items, chosen, onChoose }: ListProps) {
  const t = useText();
  const language = useLanguage();
  return (
    <nav className="panel dictionary-list" aria-label={t('settings.dictionaries.chooser')}>
      <Menu
        mode="inline"
        selectedKeys={chosen ? [chosen.code] : []}
        items={items.map((one) => ({ key: one.code, label: one[language] }))}
        onClick={({ key }) => onChoose(key)}
      />
    </nav>
  );
}
