import type { Dictionary, DictionaryEntry } from '@qinqiao/contracts';
import { useQueryClient } from '@tanstack/react-query';
import { Form, Input } from 'antd';
import { FormModal } from '../components/form-modal.tsx';
import { useText } from '../i18n/index.ts';
import { api } from '../session/api.ts';
import { DICTIONARIES_KEY } from './use-dictionary.ts';

interface Names {
  code: string;
  zh: string;
  en: string;
}

/** Code and both names; the code only of something new. */
function NameFields({ withCode }: { withCode: boolean }) {
  const t = useText();
  const required = { required: true, whitespace: true, message: t('common.required') };
  return (
    <>
      {withCode && (
        <Form.Item
          name="code"
          label={t('settings.dictionaries.code')}
          extra={t('settings.dictionaries.codeHint')}
          rules={[required, { pattern: /^[a-z][a-z0-9_]{0,31}$/, message: t('settings.dictionaries.codeWrong') }]}
        >
          <Input maxLength={32} data-testid="dictionary-code" />
        </Form.Item>
      )}
      <Form.Item name="zh" label={t('settings.dictionaries.zh')} rules={[required]}>
        <Input maxLength={64} data-testid="dictionary-zh" />
      </Form.Item>
      <Form.Item name="en" label={t('settings.dictionaries.en')} rules={[required]}>
        <Input maxLength={64} data-testid="dictionary-en" />
      </Form.Item>
    </>
  );
}

interface Opened {
  open: boolean;
  onClose: () => void;
}

/** A new dictionary, or another name of this one. */
export function DictionaryForm({ dictionary, onAdded, ...opened }: Opened & { dictionary?: Dictionary; onAdded?: (code: string) => void }) {
  const t = useText();
  const queries = useQueryClient();
  const save = async ({ code, zh, en }: Names) => {
    if (dictionary) {
      await api.renameDictionary({ params: { code: dictionary.code }, body: { zh, en, version: dictionary.version } });
    } else {
      onAdded?.((await api.addDictionary({ body: { code, zh, en } })).code);
    }
    await queries.invalidateQueries({ queryKey: DICTIONARIES_KEY });
  };
  const title = t(dictionary ? 'settings.dictionaries.rename' : 'settings.dictionaries.add');
  return (
    <FormModal<Names> {...opened} title={title} onSave={save} {...(dictionary ? { initial: dictionary } : {})}>
      <NameFields withCode={!dictionary} />
    </FormModal>
  );
}

/** A new entry, or other names of this one. */
export function EntryForm({ dictionary, entry, ...opened }: Opened & { dictionary: Dictionary; entry: DictionaryEntry | null }) {
  const t = useText();
  const queries = useQueryClient();
  const { code: dictionaryCode, version } = dictionary;
  const save = async ({ code, zh, en }: Names) => {
    if (entry) {
      const params = { code: dictionaryCode, entry: entry.code };
      await api.changeDictionaryEntry({ params, body: { zh, en, enabled: entry.enabled, version } });
    } else {
      await api.addDictionaryEntry({ params: { code: dictionaryCode }, body: { code, zh, en, version } });
    }
    await queries.invalidateQueries({ queryKey: DICTIONARIES_KEY });
  };
  const title = t(entry ? 'settings.dictionaries.editEntry' : 'settings.dictionaries.addEntry');
  return (
    <FormModal<Names> {...opened} title={title} onSave={save} testId="entry-form" {...(entry ? { initial: entry } : {})}>
      <NameFields withCode={!entry} />
    </FormModal>
  );
}
