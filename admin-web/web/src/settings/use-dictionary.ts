import { type BuiltInDictionary, type DictionaryEntry, QinqiaoError } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useMemo } from 'react';
import { useAct } from '../components/use-act.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';

export const DICTIONARIES_KEY = ['dictionaries'];
const NONE: DictionaryEntry[] = [];

/** A dictionary for forms and lists: what is offered now, in the user's language, and the name of any code. */
export function useDictionary(code: BuiltInDictionary | (string & {})) {
  const language = useLanguage();
  const { data } = useQuery({ queryKey: DICTIONARIES_KEY, queryFn: () => api.listDictionaries(), staleTime: 30_000 });
  const entries = data?.items.find((one) => one.code === code)?.entries ?? NONE;
  return useMemo(() => {
    const names = new Map(entries.map((entry) => [entry.code, entry[language]]));
    return {
      options: entries.filter(({ enabled }) => enabled).map((entry) => ({ value: entry.code, label: entry[language] })),
      nameOf: (entry: string) => names.get(entry) ?? entry,
    };
  }, [entries, language]);
}

/** Changes a dictionary; when somebody else was quicker, shows his change and says so. */
export function useDictionaryEdit() {
  const t = useText();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const { busy, act } = useAct();
  const edit = async (run: () => Promise<unknown>): Promise<boolean> => {
    const done = await act(run, t('common.saved'), (error) => {
      if (!(error instanceof QinqiaoError) || error.code !== 'edit_conflict') return false;
      message.warning(t('settings.dictionaries.conflict'));
      return true;
    });
    await queries.invalidateQueries({ queryKey: DICTIONARIES_KEY });
    return done;
  };
  return { busy, edit };
}
