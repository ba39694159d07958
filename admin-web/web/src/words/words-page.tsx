import { ExperimentOutlined, PlusOutlined, TranslationOutlined } from '@ant-design/icons';
import { WordState, type WordView } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { DataTable } from '../components/data-table.tsx';
import { PageFrame } from '../components/page-frame.tsx';
import { useAct } from '../components/use-act.ts';
import { useAllowed } from '../components/use-allowed.ts';
import { useText } from '../i18n/index.ts';
import { ExportButton } from '../people/export-button.tsx';
import { type Filter, PeopleFilters } from '../people/filters.tsx';
import { ImportLink } from '../people/import-link.tsx';
import { api } from '../session/api.ts';
import { useDictionary } from '../settings/use-dictionary.ts';
import { LanguagesForm } from './languages-form.tsx';
import { LEVELS } from './level-tag.tsx';
import { TrialDrawer } from './trial-drawer.tsx';
import { useWordColumns } from './word-columns.tsx';
import { WordForm } from './word-form.tsx';
import '../people/people.css';
import './words.css';

const KEY = 'words';

/** The list of sensitive words, and a box to try them in. */
export function WordsPage() {
  const t = useText();
  const queries = useQueryClient();
  const { act } = useAct();
  const mayEdit = useAllowed('word.edit');
  const [filter, setFilter] = useState<Filter>({});
  const [editing, setEditing] = useState<WordView | 'new' | null>(null);
  const [open, setOpen] = useState<'trial' | 'languages' | null>(null);
  const reload = () => queries.invalidateQueries({ queryKey: [KEY] });
  const remove = ({ id, word }: WordView) => void act(() => api.deleteWord({ params: { id } }), t('words.removed', { word })).then(reload);
  const choices = useChoices();
  const columns = useWordColumns({ mayEdit, onEdit: setEditing, onRemove: remove });
  return (
    <PageFrame
      title={t('words.title')}
      hint={<small className="muted">{t('words.hint')}</small>}
      testId="words-page"
      actions={
        <>
          <Button icon={<ExperimentOutlined />} onClick={() => setOpen('trial')} data-testid="word-trial">
            {t('words.trial.open')}
          </Button>
          {mayEdit && (
            <Button icon={<TranslationOutlined />} onClick={() => setOpen('languages')} data-testid="word-languages">
              {t('words.languages.open')}
            </Button>
          )}
          <ImportLink kind="words" permission="word.import" />
          <ExportButton kind="words" permission="word.export" filter={filter} />
          {mayEdit && (
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing('new')} data-testid="word-add">
              {t('words.add')}
            </Button>
          )}
        </>
      }
      filters={<PeopleFilters value={filter} onChange={setFilter} placeholder={t('words.search')} choices={choices} />}
    >
      <DataTable<WordView>
        queryKey={[KEY, filter]}
        read={(cursor) => api.listWords({ query: { ...(filter as object), limit: 50, ...(cursor ? { cursor } : {}) } })}
        columns={columns}
        rowKey="id"
        rowTestId="word-row"
        emptyText={t('words.empty')}
        minWidth={940}
        {...(mayEdit ? { onOpen: (word: WordView) => word.mayEdit && setEditing(word) } : {})}
      />
      <WordForm word={editing} onClose={() => setEditing(null)} onSaved={() => void reload()} />
      <TrialDrawer open={open === 'trial'} onClose={() => setOpen(null)} />
      <LanguagesForm open={open === 'languages'} onClose={() => setOpen(null)} />
    </PageFrame>
  );
}

function useChoices() {
  const t = useText();
  const categories = useDictionary('word_category');
  const levels = LEVELS.map((level) => ({ value: String(level), label: `${level} ${t(`words.levels.level${level}`)}` }));
  const states = WordState.options.map((value) => ({ value, label: t(`words.states.${value}`) }));
  return [
    { name: 'level', label: t('words.level'), options: levels },
    { name: 'category', label: t('words.category'), options: categories.options },
    { name: 'state', label: t('words.state'), options: states },
  ];
}
