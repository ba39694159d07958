import { SPOKEN_LANGUAGE_CODES, SPOKEN_LANGUAGES, type SpokenLanguage } from '@qinqiao/contracts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Form, Select } from 'antd';
import { useEffect } from 'react';
import { FormModal } from '../components/form-modal.tsx';
import { useOfficer } from '../components/use-allowed.ts';
import { useLanguage, useText } from '../i18n/index.ts';
import { usePlaces } from '../people/use-places.ts';
import { api } from '../session/api.ts';

interface Values {
  prisonId: string;
  languages: SpokenLanguage[];
}

/** Which languages are expected in a prison's conversations. */
export function LanguagesForm({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useText();
  const language = useLanguage();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const { prisons } = usePlaces();
  const isBureau = useOfficer()?.scope.kind === 'bureau';
  const [form] = Form.useForm<Values>();
  const first = isBureau ? 'all' : prisons[0]?.value;
  const prisonId = Form.useWatch<string | undefined>('prisonId', form) ?? first ?? '';
  const key = ['language-policy', prisonId];
  const policy = useQuery({
    queryKey: key,
    queryFn: () => api.getLanguagePolicy({ query: { prisonId } }),
    enabled: open && prisonId !== '',
  });
  useEffect(() => {
    if (policy.data) form.setFieldsValue({ languages: policy.data.languages });
  }, [form, policy.data]);
  const save = async ({ languages }: Values) => {
    await api.saveLanguagePolicy({ body: { prisonId, languages, version: policy.data?.version ?? 0 } });
    await queries.invalidateQueries({ queryKey: key });
    message.success(t('words.languages.saved'));
  };
  const places = [...(isBureau ? [{ value: 'all', label: t('words.allPrisons') }] : []), ...prisons];
  return (
    <FormModal<Values>
      title={t('words.languages.title')}
      open={open}
      form={form}
      onClose={onClose}
      onSave={save}
      initial={{ ...(first === undefined ? {} : { prisonId: first }), languages: policy.data?.languages ?? [] }}
      testId="languages-form"
    >
      <Alert type="info" showIcon title={t('words.languages.hint')} className="form-modal-error" />
      <Form.Item name="prisonId" label={t('words.languages.prison')}>
        <Select options={places} optionFilterProp="label" showSearch data-testid="languages-prison" />
      </Form.Item>
      <Form.Item name="languages" label={t('words.languages.choose')}>
        <Select
          mode="multiple"
          loading={policy.isFetching}
          options={SPOKEN_LANGUAGE_CODES.map((code) => ({ value: code, label: SPOKEN_LANGUAGES[code][language] }))}
          data-testid="languages-choose"
        />
      </Form.Item>
    </FormModal>
  );
}
